"""What a server does for the log in one go: a script is all or nothing, as MULTI is, and decides by what it reads."""

from __future__ import annotations

# Keys are remembered in two hashes, a young and an old one: when the young one is full, or as old as keys are kept, it
# becomes the old one. So memory has a bound, and forgetting costs nothing. Its empty field says when it was begun.
APPEND = """
local log, letters, weight, young, old = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local known, kept, room, key, at = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local mark = ARGV[10]
local now
if known ~= '' then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
  local before = redis.call('HGET', young, known) or redis.call('HGET', old, known)
  if before and now - tonumber(before:match('^%d+')) < kept then
    local first, marked = before:match('^(%S+) ?(.*)$')
    if mark ~= '' and marked ~= '' and mark ~= marked then return '' end
    return first
  end
end
local id
if ARGV[6] == '1' then
  id = redis.call('XADD', log, '*', 'at', at, 'key', key, 'batch', ARGV[7])
else
  id = redis.call('XADD', log, '*', 'at', at, 'key', key)
end
if #ARGV > 10 then
  local more = 0
  for i = 11, #ARGV do
    redis.call('XADD', letters, '*', 'letter', ARGV[i])
    more = more + #ARGV[i]
  end
  local held, many = redis.call('INCRBY', weight, more), redis.call('XLEN', letters)
  local over, less = tonumber(ARGV[9]), 0
  while many > tonumber(ARGV[8]) or held - less > over do
    for _, one in ipairs(redis.call('XRANGE', letters, '-', '+', 'COUNT', 64)) do
      if many <= tonumber(ARGV[8]) and held - less <= over then break end
      redis.call('XDEL', letters, one[1])
      many, less = many - 1, less + #one[2][2]
    end
  end
  if less > 0 then redis.call('DECRBY', weight, less) end
end
if known ~= '' then
  local began = redis.call('HGET', young, '')
  if began and (now - tonumber(began) >= kept or redis.call('HLEN', young) > room) then
    redis.call('UNLINK', old)
    redis.call('RENAME', young, old)
    began = false
  end
  redis.call('HSET', young, known, mark == '' and id or id .. ' ' .. mark)
  if not began then redis.call('HSET', young, '', string.format('%.0f', now)) end
end
return id
"""

DROP = """
local less = 0
for _, name in ipairs(ARGV) do
  local one = redis.call('XRANGE', KEYS[1], name, name)[1]
  if one then
    redis.call('XDEL', KEYS[1], name)
    less = less + #one[2][2]
  end
end
if less > 0 then redis.call('DECRBY', KEYS[2], less) end
return less
"""

# While somebody copies the log (`hold`), nothing is cut off it.
TRIM = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
"""

RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

# Where no key comes any more, the young ones grow old here. None among the old ones is younger than the day they were begun on.
FORGET = """
local time = redis.call('TIME')
local now, kept = time[1] * 1000, tonumber(ARGV[1])
local young, old = redis.call('HGET', KEYS[1], ''), redis.call('HGET', KEYS[2], '')
if young and now - tonumber(young) >= 2 * kept then redis.call('UNLINK', KEYS[1]) end
if old and now - tonumber(old) >= 2 * kept then redis.call('UNLINK', KEYS[2]) end
"""
