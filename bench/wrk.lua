-- Prints what wrk has measured as one line of JSON, behind wrk's own report; times are in microseconds. With the
-- argument `distinct`, each request has a query of its own, a number.
local format = '{"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "p999_us": %d, '
    .. '"errors": {"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}\n'

init = function(arguments)
    if arguments[1] ~= "distinct" then return end
    -- Formatted once: the number comes between the two halves.
    local before, after = wrk.format(nil, wrk.path .. "?#"):match("^(.-)#(.*)$")
    local number = 0
    request = function()
        number = number + 1
        return before .. number .. after
    end
end

done = function(summary, latency)
    local errors = summary.errors
    io.write(format:format(summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        latency:percentile(99.9), errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
