/// Reads the answer to one request, as RFC 9112 frames it, from pieces of any size. It keeps no more than the limits
/// allow.
///
/// libevent's own client is not used: it connects by itself, to TCP only, and closes a descriptor that it is given
/// connected (`evhttp_connection_connect_` of 2.1.12 resets it first), so that it has no way to a unix socket. It also
/// loses the errno of a refused connection, takes an interim answer such as 103 for the last one, refuses chunk
/// extensions, and reads no body where `Connection` says anything but `close` and there is no length.
struct HTTPAnswerReader {
    /// How far the answer has come.
    enum Progress: Equatable {
        case more
        case whole(HTTPAnswer)
        case failed(HTTPFailure)
    }

    /// What the next byte belongs to.
    private enum Place {
        case statusLine, header
        case body(left: UInt64)
        /// A body that the end of the connection ends.
        case bodyToEnd
        case chunkSize
        case chunk(left: UInt64)
        /// The line end behind a chunk.
        case chunkEnd
        case trailer
        case done
    }

    /// Bytes of a chunk's size and extensions.
    private static let longestChunkLine = 4096

    private let limits: HTTPAnswerLimits
    private let hasBody: Bool
    private var place = Place.statusLine
    private var line: [UInt8] = []
    private var headBytes = 0
    private var isEmpty = true
    private var framing = HTTPFraming()
    private var answer = HTTPAnswer(status: 0, reason: [], body: [], isTruncated: false)
    private var isVersion11 = false
    /// True when the answer is whole, and the connection is good for another request: the server keeps it open, and has
    /// said nothing that nobody asked for.
    private(set) var isReusable = false

    /// A reader of an answer; `hasBody` is false for that to a HEAD.
    init(_ limits: HTTPAnswerLimits, hasBody: Bool = true) {
        self.limits = limits
        self.hasBody = hasBody
    }

    /// Reads on. Once the answer is whole or has failed, nothing may follow.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> Progress {
        if !bytes.isEmpty { isEmpty = false }
        var rest = bytes
        do throws(HTTPFailure) {
            // Ends: each turn takes a byte at least, or is the last.
            while !rest.isEmpty {
                try step(&rest)
                if case .done = place {
                    // Behind 101 something else than HTTP is spoken.
                    let isHTTP = isVersion11 && answer.status != 101
                    isReusable = isHTTP && !framing.closes && !answer.isTruncated && rest.isEmpty
                    return .whole(answer)
                }
            }
            return .more
        } catch {
            return .failed(error)
        }
    }

    /// The connection has ended.
    func end() -> Progress {
        switch place {
        case .bodyToEnd, .done: .whole(answer)
        case .statusLine, .header, .body, .chunkSize, .chunk, .chunkEnd, .trailer: .failed(isEmpty ? .empty : .cut)
        }
    }

    private mutating func step(_ rest: inout ArraySlice<UInt8>) throws(HTTPFailure) {
        switch place {
        case .statusLine:
            let isComplete = try readHeadLine(&rest)
            // At once, not at the end of a line that may never come.
            guard line.starts(with: HTTPFraming.version.prefix(line.count)) else { throw .malformed(.statusLine) }
            if isComplete { try startAnswer() }
        case .header:
            guard try readHeadLine(&rest) else { return }
            if line.isEmpty { try startBody() } else { try framing.read(line) }
            line.removeAll(keepingCapacity: true)
        case .body(let left):
            let after = take(&rest, of: left)
            place = after == 0 || answer.isTruncated ? .done : .body(left: after)
        case .bodyToEnd:
            _ = take(&rest, of: .max)
            if answer.isTruncated { place = .done }
        case .chunkSize:
            guard try readLine(&rest, limit: Self.longestChunkLine) else { return }
            let size = try HTTPFraming.chunkSize(line)
            line.removeAll(keepingCapacity: true)
            place = size == 0 ? .trailer : .chunk(left: size)
        case .chunk(let left):
            let after = take(&rest, of: left)
            place = answer.isTruncated ? .done : after == 0 ? .chunkEnd : .chunk(left: after)
        case .chunkEnd:
            let isComplete = try readLine(&rest, limit: .max)
            guard line.isEmpty || line == [0x0d] && !isComplete else { throw .malformed(.chunk) }
            if isComplete { place = .chunkSize }
        case .trailer:
            guard try readHeadLine(&rest) else { return }
            if line.isEmpty { place = .done }
            line.removeAll(keepingCapacity: true)
        case .done:
            preconditionFailure("the answer is whole")
        }
    }

    // MARK: Lines

    private mutating func readHeadLine(_ rest: inout ArraySlice<UInt8>) throws(HTTPFailure) -> Bool {
        let before = rest.count
        let isComplete = try readLine(&rest, limit: limits.headBytes)
        headBytes += before - rest.count
        if headBytes > limits.headBytes { throw .malformed(.tooLong) }
        return isComplete
    }

    /// Appends to `line` up to the next line end; true when it is complete, without its LF or CR LF.
    private mutating func readLine(_ rest: inout ArraySlice<UInt8>, limit: Int) throws(HTTPFailure) -> Bool {
        let end = rest.firstIndex(of: 0x0a)
        line += rest[..<(end ?? rest.endIndex)]
        rest = end.map { rest[($0 + 1)...] } ?? []
        if line.count > limit { throw .malformed(.tooLong) }
        guard end != nil else { return false }
        if line.last == 0x0d { line.removeLast() }
        return true
    }

    // MARK: Parts of the answer

    private mutating func startAnswer() throws(HTTPFailure) {
        (answer.status, answer.reason) = try HTTPFraming.status(line)
        isVersion11 = line.starts(with: HTTPFraming.version + [UInt8(ascii: "1")])
        framing = HTTPFraming()
        line.removeAll(keepingCapacity: true)
        place = .header
    }

    private mutating func startBody() throws(HTTPFailure) {
        switch answer.status {
        // Another answer follows; after 101 something that is no HTTP.
        case 100, 102..<200: place = .statusLine
        case 101, 204, 304: place = .done
        case _ where !hasBody: place = .done
        default:
            switch try framing.body() {
            case .chunked: place = .chunkSize
            case .length(0): place = .done
            case .length(let length): place = .body(left: length)
            case .toEnd: place = .bodyToEnd
            }
        }
    }

    /// Moves up to `left` bytes into the body, and returns how many are left then.
    private mutating func take(_ rest: inout ArraySlice<UInt8>, of left: UInt64) -> UInt64 {
        let count = Int(clamping: min(UInt64(rest.count), left))
        let room = limits.bodyBytes - answer.body.count
        answer.body += rest.prefix(min(count, room))
        if count > room { answer.isTruncated = true }
        rest = rest.dropFirst(count)
        return left - UInt64(count)
    }
}
