import Glibc
import Testing

@testable import Host

@Suite("Sockets from systemd")
struct SocketActivationTests {
    /// What `sockets` says no with in an environment of these variables, for a process with pid 42.
    private static func failure(_ variables: [String: String]) -> String? {
        do throws(SocketActivation.Failure) {
            _ = try SocketActivation.sockets({ variables[$0] }, pid: 42)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("without the variables there are none", arguments: [[:], ["LISTEN_PID": "42"], ["LISTEN_FDS": "1"]])
    func missing(_ variables: [String: String]) {
        #expect(
            Self.failure(variables) == "systemd passed no sockets: LISTEN_PID and LISTEN_FDS are not set")
    }

    @Test(
        "sockets for another process are left alone", arguments: ["43", "1", "", "4 2", "0x2a", "self", "-42", "42\n"])
    func otherPid(_ pid: String) {
        #expect(
            Self.failure(["LISTEN_PID": pid, "LISTEN_FDS": "1"])
                == "the sockets are for process \(pid) (LISTEN_PID), and this is 42")
    }

    @Test(
        "a count that makes no sense is an error",
        arguments: ["", "0", "-1", "x", "1.0", "1025", "2147483647", "2147483648", "99999999999999999999", "1 ", "٣"])
    func count(_ count: String) {
        #expect(
            Self.failure(["LISTEN_PID": "42", "LISTEN_FDS": count])
                == "LISTEN_FDS is '\(count)', not a number of sockets from 1 to 1024")
    }

    @Test("without an own pid given, it is that of this process")
    func ownPid() {
        let error = #expect(throws: SocketActivation.Failure.self) {
            try SocketActivation.sockets { ["LISTEN_PID": "1", "LISTEN_FDS": "1"][$0] }
        }
        #expect(error?.description == "the sockets are for process 1 (LISTEN_PID), and this is \(getpid())")
    }

    @Test(
        "names are told when there is one for each socket",
        arguments: [
            (nil, 1, []), ("http", 1, ["http"]), ("http:admin", 2, ["http", "admin"]), ("a::b", 3, ["a", "", "b"]),
            ("http", 2, []), ("http:admin", 1, []), ("", 1, [""]),
        ] as [(String?, Int, [String])])
    func names(_ value: String?, _ count: Int, _ expected: [String]) {
        #expect(SocketActivation.names({ $0 == "LISTEN_FDNAMES" ? value : nil }, count: count) == expected)
    }
}

/// What descriptor 3 is can be chosen only in a process of one's own.
@Suite("Descriptors from systemd")
struct ActivatedDescriptorTests {
    /// Makes descriptor 3 a copy of `number`, or closes it, and says what activation makes of it.
    private static func outcome(_ number: Int32?) -> String {
        if let number { dup2(number, 3) } else { close(3) }
        do throws(SocketActivation.Failure) {
            let numbers = try SocketActivation.sockets { ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "1"][$0] }
            return "\(numbers)"
        } catch {
            return error.description
        }
    }

    private static func socket(_ family: Int32, _ type: __socket_type) -> Int32 {
        Glibc.socket(family, Int32(type.rawValue), 0)
    }

    @Test("a listening socket is taken over, non-blocking and close-on-exec")
    func listening() async {
        await #expect(processExitsWith: .success) {
            let number = Self.socket(AF_INET, SOCK_STREAM)
            listen(number, 1)
            // All of it at once: others in this process may still use the descriptor 3 that they had.
            let holds = holdsInTime {
                guard Self.outcome(number) == "[3]", fcntl(3, F_GETFL) & O_NONBLOCK != 0,
                    fcntl(3, F_GETFD) & FD_CLOEXEC != 0
                else { return false }
                return (try? ListeningSocket(activated: 3))?.port ?? 0 != 0
            }
            exit(holds ? 0 : 1)
        }
    }

    @Test("a socket that does not listen is an error")
    func notListening() async {
        await #expect(processExitsWith: .success) {
            let expected =
                "descriptor 3 does not listen; Accept=yes in the .socket unit is not for Kapo"
            let number = Self.socket(AF_INET6, SOCK_STREAM)
            exit(holdsInTime { Self.outcome(number) == expected } ? 0 : 1)
        }
    }

    @Test("a datagram socket is an error")
    func datagram() async {
        await #expect(processExitsWith: .success) {
            let expected = "descriptor 3 is neither a TCP nor a unix stream socket"
            let number = Self.socket(AF_INET, SOCK_DGRAM)
            exit(holdsInTime { Self.outcome(number) == expected } ? 0 : 1)
        }
    }

    @Test("a file and a closed descriptor are errors that say what the kernel said")
    func noSocket() async {
        await #expect(processExitsWith: .success) {
            let null = unsafe open("/dev/null", O_RDONLY)
            let isNone = "descriptor 3 is no socket: "
            guard holdsInTime({ Self.outcome(null) == isNone + "Socket operation on non-socket" }) else { exit(1) }
            exit(holdsInTime { Self.outcome(nil) == isNone + "Bad file descriptor" } ? 0 : 2)
        }
    }
}
