-- Prints what wrk has measured as one line of JSON, behind wrk's own report; times are in microseconds.
local format = '{"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "p999_us": %d, '
    .. '"errors": {"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}\n'

done = function(summary, latency)
    local errors = summary.errors
    io.write(format:format(summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        latency:percentile(99.9), errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
