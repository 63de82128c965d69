/// What `GET /debug/vars` answers: the shape of Go's expvar package, for tools such as expvarmon.
///
/// The names in `memstats` are those of Go's `runtime.MemStats`. Kapo has a malloc heap and reference counts, so the
/// fields that tell of a garbage collector are zero.
package struct Vars: Equatable, Sendable, Encodable {
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
        JSON.bytes(of: self) + [UInt8(ascii: "\n")]
    }

    /// What Kapo counts.
    package struct Counters: Equatable, Sendable, Encodable {
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

        private enum CodingKeys: String, CodingKey {
            case connectionsAccepted = "connections_accepted"
            case connectionsOpen = "connections_open"
            case requestsServed = "requests_served"
            case restarts
            case uptimeSeconds = "uptime_seconds"
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

extension Vars.Memory: Encodable {
    private enum Key: String, CodingKey {
        case alloc = "Alloc"
        case enableGC = "EnableGC"
        case frees = "Frees"
        case heapAlloc = "HeapAlloc"
        case heapIdle = "HeapIdle"
        case heapInuse = "HeapInuse"
        case heapObjects = "HeapObjects"
        case heapReleased = "HeapReleased"
        case heapSys = "HeapSys"
        case lastGC = "LastGC"
        case mallocs = "Mallocs"
        case nextGC = "NextGC"
        case numGC = "NumGC"
        case pauseNs = "PauseNs"
        case pauseTotalNs = "PauseTotalNs"
        case sys = "Sys"
        case totalAlloc = "TotalAlloc"
    }

    /// Writes Go's names. glibc counts no calls of malloc, so `Mallocs`, `Frees` and `TotalAlloc` are zero too.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        for key in [Key.alloc, .heapAlloc, .heapInuse] { try fields.encode(allocated, forKey: key) }
        try fields.encode(free, forKey: .heapIdle)
        try fields.encode(releasable, forKey: .heapReleased)
        try fields.encode(heap, forKey: .heapSys)
        try fields.encode(resident, forKey: .sys)
        for key in [Key.frees, .heapObjects, .lastGC, .mallocs, .nextGC, .numGC, .pauseTotalNs, .totalAlloc] {
            try fields.encode(0, forKey: key)
        }
        try fields.encode([Int](repeating: 0, count: 256), forKey: .pauseNs)
        try fields.encode(false, forKey: .enableGC)
    }
}
