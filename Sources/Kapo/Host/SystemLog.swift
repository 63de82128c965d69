import Glibc

/// A client of the system's log, without the C library's, which waits when nobody reads: syslog(3)'s datagrams of
/// /dev/log, `<PRI>Mmm dd hh:mm:ss TAG[PID]: TEXT` (RFC 3164, section 4.1), of the facility `daemon`.
package struct SystemLog: ~Copyable {
    /// The severities of RFC 3164, section 4.1.1, that Kapo has a use for.
    package enum Severity: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
        case debug = 7
    }

    /// The longest text that is sent, in bytes: what rsyslog takes by default.
    static let mostBytes = 8192
    private static let daemon = 3
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private let address: UnixAddress
    private let tag: String
    private let socket: Descriptor
    private var isConnected = false
    /// Messages that nobody took.
    package private(set) var lost = 0

    /// A client that calls itself `tag`; nil for a path that no socket can have, and
    /// without a socket. Nothing is connected yet: a log that is
    /// not there now may be there later.
    package init?(tag: String, path: Word = Word("/dev/log")) {
        guard let address = UnixAddress(path.bytes) else { return nil }
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        guard number >= 0 else { return nil }
        socket = Descriptor(owning: number)
        self.address = address
        self.tag = tag
        // localtime_r(3) alone need not look for the time zone.
        tzset()
    }

    /// Sends one message. Control characters in it become spaces, and what is beyond 8 KiB is cut off. False when it is
    /// lost: nobody is there, or who is there reads too slowly. Never waits.
    @discardableResult
    package mutating func send(_ severity: Severity, _ text: String) -> Bool {
        var bytes = Array("<\(Self.daemon << 3 | severity.rawValue)>\(Self.time()) \(tag)[\(getpid())]: ".utf8)
        bytes += Self.plain(text)
        var isSent = isConnected && send(bytes)
        // A log that was started anew has a new socket at the same path. What it is too slow for is lost.
        if !isConnected || !isSent && [ECONNREFUSED, ENOTCONN, ECONNRESET, EPIPE].contains(errno) {
            connect()
            isSent = isConnected && send(bytes)
        }
        if !isSent { lost += 1 }
        return isSent
    }

    /// Connects to who is at the path now; a datagram socket may do so again.
    private mutating func connect() {
        // The kernel reads the address during the call.
        isConnected = unsafe address.withSockaddr { unsafe Glibc.connect(socket.number, $0, $1) } == 0
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        // The kernel reads the array during the call.
        retryingOnInterrupt { unsafe Glibc.send(socket.number, bytes, bytes.count, Int32(MSG_NOSIGNAL)) } >= 0
    }

    /// The text without control characters, cut between two characters.
    static func plain(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8.prefix(mostBytes + 1))
        if bytes.count > mostBytes {
            // 10xxxxxx goes on with a character.
            while let last = bytes.popLast(), last & 0xc0 == 0x80 {}
        }
        return bytes.map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }
    }

    /// `Jan  2 03:04:05`, local time, whatever the locale.
    private static func time() -> String {
        time(Glibc.time(nil))
    }

    static func time(_ moment: time_t) -> String {
        var moment = moment
        var parts = unsafe tm()
        // The kernel's time and the struct live through the call, which fills the latter.
        unsafe localtime_r(&moment, &parts)
        let two = { (number: Int32, fill: String) in number < 10 ? fill + String(number) : String(number) }
        let clock = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map { two($0, "0") }.joined(separator: ":")
        return unsafe "\(months[Int(parts.tm_mon)]) \(two(parts.tm_mday, " ")) \(clock)"
    }
}
