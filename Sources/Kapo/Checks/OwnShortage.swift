import Glibc

/// What Kapo, or its host, may lack for a connection: descriptors, memory, ports to connect from.
enum OwnShortage {
    /// True for an errno that says so, and nothing of the server.
    static func isMeant(by code: Int32) -> Bool {
        [EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL].contains(code)
    }
}
