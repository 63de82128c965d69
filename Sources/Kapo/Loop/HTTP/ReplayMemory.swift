import Glibc

/// The last few requests, byte for byte, each with the answer that evhttp gave to it.
///
/// It knows nothing of HTTP. Who puts a pair in has made sure that the same bytes, alone on a connection that owes no
/// answer, would get the same answer again.
struct ReplayMemory {
    /// Requests remembered at once.
    let capacity: Int
    /// Bytes of a request that is remembered at most. Those of load balancers have 20 to 300.
    static let requestBytes = 1024
    /// Bytes of an answer that is remembered at most, so that the whole memory has a bound: half a
    /// megabyte for eight of them.
    static let answerBytes = 65536

    /// A request and the answer to it.
    struct Exchange {
        let request: [UInt8]
        let answer: [UInt8]
        /// The number of the route that answered, by which the server counts.
        let route: Int
        /// Who counts by more than that.
        let tally: (any HTTPTally)?
        /// True when evhttp closed the connection behind the answer.
        let closes: Bool
    }

    private var exchanges: [Exchange] = []
    private var oldest = 0
    /// The second of the Date header in all the answers.
    private var second = 0

    /// A memory that has room for so many, one at least.
    init(capacity: Int) { self.capacity = capacity }

    /// The answer at an index that `index(of:second:)` gave.
    subscript(index: Int) -> Exchange { exchanges[index] }

    /// Where the request of exactly these bytes is, if the memory is of that second.
    func index(of request: UnsafeRawBufferPointer, second: Int) -> Int? {
        guard second == self.second, let bytes = request.baseAddress else { return nil }
        for index in exchanges.indices where exchanges[index].request.count == request.count {
            // Both have that many bytes.
            let difference = unsafe exchanges[index].request.withUnsafeBufferPointer { known in
                unsafe memcmp(known.baseAddress.unsafelyUnwrapped, bytes, request.count)
            }
            if difference == 0 { return index }
        }
        return nil
    }

    /// Remembers an exchange of that second, in place of the oldest when there are too many.
    mutating func remember(_ exchange: Exchange, second: Int) {
        if second != self.second { forget() }
        self.second = second
        if exchanges.count < capacity {
            // Not before: a server that remembers nothing takes no memory for it.
            exchanges.reserveCapacity(capacity)
            exchanges.append(exchange)
        } else {
            exchanges[oldest] = exchange
            oldest = (oldest + 1) % capacity
        }
    }

    /// Forgets everything: what was remembered is out of date.
    mutating func forget() {
        exchanges.removeAll(keepingCapacity: true)
        oldest = 0
    }
}
