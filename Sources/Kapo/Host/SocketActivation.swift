import Glibc

/// Sockets that systemd opened for this process: sd_listen_fds(3).
package enum SocketActivation {
    /// The variables that speak of them; no command of ours inherits them.
    static let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
    /// SD_LISTEN_FDS_START.
    static let first: Int32 = 3
    /// More sockets than this are no socket activation, but a mistake.
    static let most: Int32 = 1024

    /// Why there are none to use, in words for people.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let description: String
    }

    /// Takes over the sockets: TCP or unix stream sockets that listen, made non-blocking and close-on-exec.
    /// `variable` reads the environment.
    package static func sockets(
        _ variable: (String) -> String?, pid: Int32 = getpid()
    ) throws(Failure) -> [Int32] {
        guard let owner = variable("LISTEN_PID"), let listed = variable("LISTEN_FDS") else {
            throw Failure(description: "systemd passed no sockets: LISTEN_PID and LISTEN_FDS are not set")
        }
        guard Int32(owner) == pid else {
            throw Failure(description: "the sockets are for process \(owner) (LISTEN_PID), and this is \(pid)")
        }
        guard let count = Int32(listed), 1...most ~= count else {
            throw Failure(description: "LISTEN_FDS is '\(listed)', not a number of sockets from 1 to \(most)")
        }
        let numbers = Array(first..<(first + count))
        for number in numbers { try check(number) }
        for number in numbers { prepare(number) }
        return numbers
    }

    /// What the .socket units call their sockets, one name a socket; empty when systemd did not say, or not for each.
    package static func names(_ variable: (String) -> String?, count: Int) -> [String] {
        let names = variable("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        return names?.count == count ? names ?? [] : []
    }

    private static func check(_ number: Int32) throws(Failure) {
        guard let domain = option(SO_DOMAIN, of: number), let type = option(SO_TYPE, of: number) else {
            throw Failure(description: "descriptor \(number) is no socket: \(SystemError.text(of: errno))")
        }
        guard [AF_INET, AF_INET6, AF_UNIX].contains(domain), type == Int32(SOCK_STREAM.rawValue) else {
            throw Failure(description: "descriptor \(number) is neither a TCP nor a unix stream socket")
        }
        guard option(SO_ACCEPTCONN, of: number) == 1 else {
            throw Failure(
                description: "descriptor \(number) does not listen; Accept=yes in the .socket unit is not for Kapo")
        }
    }

    private static func prepare(_ number: Int32) {
        // `check` has shown that the descriptor is open, so neither call can fail.
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }

    private static func option(_ option: Int32, of number: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // The kernel writes at most the four bytes of the value.
        let result = unsafe getsockopt(number, SOL_SOCKET, option, &value, &length)
        return result == 0 ? value : nil
    }
}

extension ListeningSocket {
    /// Takes over a socket that `SocketActivation.sockets` returned.
    package init(activated number: Int32) throws(SystemError) {
        try self.init(Descriptor(owning: number))
    }
}
