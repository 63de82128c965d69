import CLibevent
import Glibc

/// Looks up the addresses of one host name: in /etc/hosts, then from the name servers of /etc/resolv.conf.
///
/// libevent asks them, not the C library: getaddrinfo(3) would stop the loop, and from a static executable it cannot
/// load the modules of nsswitch.conf. Without a resolv.conf the name server of this host is asked.
@safe package final class NameLookup {
    /// Addresses at most; further ones are left out.
    package static let most = 8

    private let loop: EventLoop
    private let base: OpaquePointer
    private var request: OpaquePointer?
    private var handler: (([SocketPlace]) -> Void)?
    private var departure: Timer?

    /// The places of a name that needs no looking up: `localhost` is 127.0.0.1, then ::1. Nil for any other name.
    package static func known(_ name: String, port: UInt16) -> [SocketPlace]? {
        guard name.lowercased() == "localhost" else { return nil }
        return ["127.0.0.1", "::1"].compactMap { SocketPlace(address: $0, port: port) }
    }

    /// What a lookup needs and does not get: the errno.
    package struct Shortage: Error {
        package let code: Int32
    }

    /// Begins to look up `name`. The handler is called once, with no place when there is none, perhaps before this
    /// returns; not at all after `cancel`. Throws when memory or descriptors run out.
    package static func begin(
        _ loop: EventLoop, _ name: String, port: UInt16, _ handler: @escaping ([SocketPlace]) -> Void
    ) throws(Shortage) -> NameLookup {
        // libevent would say nothing, and wait for an answer to a question that it cannot send.
        let attempt = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        guard attempt >= 0 else { throw Shortage(code: errno) }
        close(attempt)
        guard let base = unsafe evdns_base_new(loop.base, 0) else { throw Shortage(code: ENOMEM) }
        // That a file is missing is no error: there are defaults.
        let everything = DNS_OPTION_SEARCH | DNS_OPTION_NAMESERVERS | DNS_OPTION_MISC | DNS_OPTION_HOSTSFILE
        unsafe evdns_base_resolv_conf_parse(base, everything, "/etc/resolv.conf")
        let lookup = unsafe NameLookup(loop, base, handler)
        lookup.ask(name, port)
        return lookup
    }

    private init(_ loop: EventLoop, _ base: OpaquePointer, _ handler: @escaping ([SocketPlace]) -> Void) {
        self.loop = loop
        unsafe self.base = base
        self.handler = handler
    }

    private func ask(_ name: String, _ port: UInt16) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_protocol = Int32(IPPROTO_TCP)
        // Retained: `answered`, which libevent calls once in any case, hands it on to `departure`.
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let request = unsafe evdns_getaddrinfo(
            base, name, "\(port)", &hints,
            { _, list, context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<NameLookup>.fromOpaque(context).takeRetainedValue().answered(list)
            }, context)
        // Nil when it has answered already.
        unsafe self.request = request
    }

    /// Forgets the handler, and stops asking.
    package func cancel() {
        handler = nil
        if let request = unsafe request { unsafe evdns_getaddrinfo_cancel(request) }
        unsafe request = nil
    }

    private func answered(_ list: UnsafeMutablePointer<addrinfo>?) {
        unsafe request = nil
        var places: [SocketPlace] = []
        var next = unsafe list
        while let entry = unsafe next, places.count < Self.most {
            if let address = unsafe entry.pointee.ai_addr {
                places.append(unsafe SocketPlace(address, length: Int(entry.pointee.ai_addrlen)))
            }
            unsafe next = unsafe entry.pointee.ai_next
        }
        if let list = unsafe list { unsafe evutil_freeaddrinfo(list) }
        depart()
        let handler = handler
        self.handler = nil
        handler?(places)
    }

    /// Frees libevent's part in a later round of the loop: its callbacks of this round still look at it.
    private func depart() {
        // It holds this object until then.
        departure = Timer(loop) { [self] in
            unsafe evdns_base_free(base, 0)
            departure = nil
        }
        departure?.set(afterNanoseconds: 0)
    }
}
