"""What plugin authors and users test with: conformance suites of detectors and channels."""
