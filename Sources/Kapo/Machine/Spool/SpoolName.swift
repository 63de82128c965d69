/// What a file of the spool takes out of service, which its name says: `NAME`, `NAME:PORT` or `NAME:HOST:PORT`. The
/// layout is hacheck's.
package struct SpoolName: Hashable, Sendable {
    /// The service that stands for every other one.
    package static let all = SpoolName(known: "all", nil, nil)
    /// What a name may be, in words for people.
    package static let allowedServices =
        "a service: 1 to 128 of the letters a-z and A-Z, digits, _, . and -, of which . is not the first"
    /// What a host may be, in words for people.
    package static let allowedHosts = "a host: an IPv4 or IPv6 address in digits, such as 10.0.0.1"

    /// The service.
    package let service: String
    /// The address of the host, as it was written; nil for this one. Never there without a port.
    package let host: String?
    /// 1 to 65535; nil for all ports of the service.
    package let port: UInt16?

    /// That service, that port of it, or that port of it on that host. The port 0 is none, and a host without a port
    /// is none either; 127.0.0.1 is this host. Nil for a name that no service has, or a host that is no address.
    package init?(service: String, host: String? = nil, port: UInt16? = nil) {
        guard Self.isService(service), host.map(Self.isHost) ?? true else { return nil }
        self.init(known: service, host, port)
    }

    /// What a file of that name is about; nil for a name that such a file never gets, as `web:080` and
    /// `web:127.0.0.1:80` are: it could not be removed by what it says.
    package init?(fileName: String) {
        let bytes = fileName.utf8
        let first = bytes.firstIndex(of: UInt8(ascii: ":"))
        guard let first, let last = bytes.lastIndex(of: UInt8(ascii: ":")) else {
            self.init(service: fileName)
            return
        }
        let digits = fileName[fileName.index(after: last)...]
        // A host of IPv6 has colons of its own.
        let host = first == last ? nil : String(fileName[fileName.index(after: first)..<last])
        guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let port = UInt16(digits) else { return nil }
        self.init(service: String(fileName[..<first]), host: host, port: port)
        if self.fileName != fileName { return nil }
    }

    /// One whose parts need no look: they were read, or are only looked for.
    init(known service: String, _ host: String?, _ port: UInt16?) {
        self.service = service
        self.port = port == 0 ? nil : port
        self.host = self.port == nil || host == "127.0.0.1" ? nil : host
    }

    /// The name of its file.
    package var fileName: String {
        switch (host, port) {
        case (let host?, let port?): "\(service):\(host):\(port)"
        case (nil, let port?): "\(service):\(port)"
        case (_, nil): service
        }
    }

    // MARK: What is allowed

    /// True for what may name a service: `[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}`.
    package static func isService(_ text: String) -> Bool {
        1...128 ~= text.utf8.count && text.utf8.first != UInt8(ascii: ".")
            && text.utf8.allSatisfy { byte in
                0x30...0x39 ~= byte || 0x41...0x5a ~= byte || 0x61...0x7a ~= byte || byte == 0x5f || byte == 0x2e
                    || byte == 0x2d
            }
    }

    /// True for what may be a host: up to 45 hexadecimal digits, dots and colons, as many as an address has at most.
    package static func isHost(_ text: String) -> Bool {
        1...45 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                0x30...0x3a ~= byte || 0x41...0x46 ~= byte || 0x61...0x66 ~= byte || byte == 0x2e
            }
    }
}
