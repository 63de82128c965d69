import Document
import Glibc
import Host
import Loop
import Machine
import Testing

@testable import Program

/// A control socket with nothing behind it but notes of what was asked, and curl.
final class ControlRig {
    /// What the socket speaks for.
    final class Service {
        var status = ControlStatus(
            pid: 6940, phase: .up(nanoseconds: 7_900_000_000), command: "./stdout > x", followsPidFile: false, count: 4)
        var verbs: [ControlVerb] = []
        var reason: String?
    }

    struct Failure: Error {
        let what: String
    }

    let parent: String
    let service = Service()
    let socket: ControlSocket
    private let loop: EventLoop

    private init(_ parent: String, _ access: ControlAccess) throws {
        self.parent = parent
        loop = try EventLoop()
        let service = service
        socket = try ControlSocket(
            loop, in: ControlDirectory(Word(parent), name: "app"), access, status: { service.status },
            obey: { verb in
                service.verbs.append(verb)
                return service.reason
            })
    }

    /// Calls the body with a socket in a directory of its own. To be called in the process of an exit test: servers
    /// belong to one thread.
    static func run(_ access: ControlAccess = ControlAccess(), _ body: (ControlRig) throws -> Void) {
        signal(SIGPIPE, SIG_IGN)
        do {
            let parent = try directory()
            let rig = try ControlRig(parent, access)
            try body(rig)
            rig.socket.finish()
            unsafe rmdir(parent)
        } catch {
            // Here, because of an error that leaves the process it is only heard that there was one.
            Issue.record(error)
        }
    }

    private static func directory() throws -> String {
        var template = Array("/tmp/kapo-control-XXXXXX".utf8CString)
        // mkdtemp writes six characters into the array, in place.
        guard unsafe mkdtemp(&template) != nil else { throw Failure(what: "mkdtemp") }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        // Strangers are to get as far as the socket's own directory.
        unsafe chmod(path, 0o755)
        return path
    }

    /// Asks as `curl` does, and compares.
    func expect(
        _ expected: String, of words: String, as identity: String = "", _ place: SourceLocation = #_sourceLocation
    ) throws {
        let answer = try curl(words, as: identity)
        #expect(answer == expected, "\(words)", sourceLocation: place)
    }

    /// What curl writes, given these words; the loop runs meanwhile.
    func curl(_ words: String, as identity: String = "") throws -> String {
        let command = "exec \(identity) curl -s --max-time 20 --unix-socket \(parent)/app/immortal.sock \(words)"
        guard let stream = unsafe popen(command, "r") else { throw Failure(what: "popen") }
        let descriptor = unsafe fileno(stream)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var output: [UInt8] = []
        let watch = DescriptorWatch(loop, descriptor, .readable) { [loop] in
            var chunk = [UInt8](repeating: 0, count: 4096)
            // The kernel writes at most as many bytes as the array has.
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count > 0 { output += chunk.prefix(count) }
            if count == 0 { loop.stop() }
        }
        watch.start()
        withExtendedLifetime(watch) { loop.run() }
        watch.stop()
        _ = unsafe pclose(stream)
        return String(decoding: output, as: UTF8.self)
    }
}
