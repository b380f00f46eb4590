"""A day of an invented company's customers, played into the very service that `andon up` starts."""
