/// What `GET /debug/vars` answers: the shape of Go's expvar package, for tools such as expvarmon.
///
/// The names in `memstats` are those of Go's `runtime.MemStats`. Kapo has a malloc heap and reference counts, so the
/// fields that tell of a garbage collector are zero.
package struct Vars: Equatable, Sendable {
    package var cmdline: [String]
    package var kapo: Counters
    package var memstats: Memory

    /// The document for these values.
    package init(cmdline: [String], kapo: Counters, memstats: Memory) {
        self.cmdline = cmdline
        self.kapo = kapo
        self.memstats = memstats
    }

    /// What `GET /debug/vars` answers, ended by a newline.
    package var bytes: [UInt8] {
        let document = JSON.object([
            ("cmdline", .array(cmdline.map(JSON.string))), ("kapo", kapo.json), ("memstats", memstats.json),
        ])
        return document.bytes + [UInt8(ascii: "\n")]
    }

    /// What Kapo counts.
    package struct Counters: Equatable, Sendable {
        package var connectionsAccepted: UInt64
        package var connectionsOpen: Int
        package var requestsServed: UInt64
        package var restarts: Int
        package var uptimeSeconds: Int64

        /// The counters.
        package init(
            connectionsAccepted: UInt64, connectionsOpen: Int, requestsServed: UInt64, restarts: Int,
            uptimeSeconds: Int64
        ) {
            self.connectionsAccepted = connectionsAccepted
            self.connectionsOpen = connectionsOpen
            self.requestsServed = requestsServed
            self.restarts = restarts
            self.uptimeSeconds = uptimeSeconds
        }

        fileprivate var json: JSON {
            .object([
                ("connections_accepted", .unsigned(connectionsAccepted)),
                ("connections_open", JSON(connectionsOpen)),
                ("requests_served", .unsigned(requestsServed)),
                ("restarts", JSON(restarts)),
                ("uptime_seconds", .integer(uptimeSeconds)),
            ])
        }
    }

    /// What the allocator and the kernel say, in bytes.
    package struct Memory: Equatable, Sendable {
        /// Resident memory of the process.
        package var resident: UInt64
        /// What the heap took from the kernel, what of it is allocated, and what it keeps free.
        package var heap: UInt64
        package var allocated: UInt64
        package var free: UInt64
        /// What of the free part could be given back to the kernel at once.
        package var releasable: UInt64

        /// The figures, in bytes.
        package init(resident: UInt64, heap: UInt64, allocated: UInt64, free: UInt64, releasable: UInt64) {
            self.resident = resident
            self.heap = heap
            self.allocated = allocated
            self.free = free
            self.releasable = releasable
        }
    }
}

extension Vars.Memory {
    /// Go's names. glibc counts no calls of malloc, so `Mallocs`, `Frees` and `TotalAlloc` are zero too.
    fileprivate var json: JSON {
        let none = JSON.integer(0)
        return .object([
            ("Alloc", .unsigned(allocated)),
            ("EnableGC", .bool(false)),
            ("Frees", none),
            ("HeapAlloc", .unsigned(allocated)),
            ("HeapIdle", .unsigned(free)),
            ("HeapInuse", .unsigned(allocated)),
            ("HeapObjects", none),
            ("HeapReleased", .unsigned(releasable)),
            ("HeapSys", .unsigned(heap)),
            ("LastGC", none),
            ("Mallocs", none),
            ("NextGC", none),
            ("NumGC", none),
            ("PauseNs", .array(Array(repeating: none, count: 256))),
            ("PauseTotalNs", none),
            ("Sys", .unsigned(resident)),
            ("TotalAlloc", none),
        ])
    }
}
