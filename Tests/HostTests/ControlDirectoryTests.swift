import Glibc
import Testing

@testable import Host

@Suite("The directory of a control socket")
struct ControlDirectoryTests {
    /// The permissions and owner of what is there; nil for nothing. A link is itself.
    private static func status(_ path: String) -> stat? {
        var status = stat()
        // The kernel fills the struct during the call.
        return unsafe lstat(path, &status) == 0 ? status : nil
    }

    private static func mode(_ path: String) -> UInt32? { status(path).map { $0.st_mode & 0o7777 } }

    private static func contents(_ path: String) -> String? {
        (try? File.read(Word(path), limit: 100)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What is wrong with a directory that cannot be made; nil when it can.
    private static func refusal(_ parent: String, _ name: String) -> String? {
        do {
            _ = try ControlDirectory(Word(parent), name: name)
            return nil
        } catch {
            return error.description
        }
    }

    private static func connects(_ path: Word) throws -> Bool {
        let name = try SocketName(path)
        let client = Descriptor(owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0))
        return unsafe name.withSockaddr { unsafe connect(client.number, $0, $1) } == 0
    }

    /// Removes what a test has made, bottom up.
    private static func clean(_ parent: String, _ paths: [String]) {
        for path in paths {
            let whole = "\(parent)/\(path)"
            if unsafe unlink(whole) != 0 { unsafe rmdir(whole) }
        }
    }

    @Test("it is made with its parents, for this user alone, with our pid in the lock; at the end nothing is left")
    func life() throws {
        let parent = try TemporaryDirectory()
        defer { Self.clean(parent.path, ["a/b", "a"]) }
        let directory = try ControlDirectory(Word("\(parent.path)/a/b"), name: "app")
        let path = "\(parent.path)/a/b/app"
        #expect(directory.path.text == path)
        #expect(Self.mode(path) == 0o700)
        #expect(Self.mode("\(path)/lock") == 0o600)
        #expect(Self.contents("\(path)/lock") == "\(getpid())\n")
        let socket = try directory.listen(ControlAccess())
        #expect(Self.mode("\(path)/immortal.sock") == 0o600)
        #expect(Self.mode(path) == 0o700)
        #expect(try Self.connects(directory.socketPath))
        let descriptor = Descriptor(owning: socket.release())
        #expect(fcntl(descriptor.number, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(descriptor.number, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(directory.number, F_GETFD) & FD_CLOEXEC != 0)
        directory.remove()
        #expect(Self.status(path) == nil)
    }

    @Test("other files keep it: then only the socket goes")
    func others() throws {
        let parent = try TemporaryDirectory()
        defer { Self.clean(parent.path, ["app/pid", "app/lock", "app"]) }
        let directory = try ControlDirectory(Word(parent.path), name: "app")
        _ = try directory.listen(ControlAccess()).release()
        _ = try parent.write("app/pid", [])
        directory.remove()
        #expect(Set(File.names(in: directory.path).map(\.text)) == [".", "..", "lock", "pid"])
    }

    @Test("a second one is refused while there is a first, and told which process has it; and not after that")
    func locked() throws {
        let parent = try TemporaryDirectory()
        let path = "\(parent.path)/app"
        do {
            let first = try ControlDirectory(Word(parent.path), name: "app")
            _ = try first.listen(ControlAccess(mode: 0o666)).release()
            #expect(
                Self.refusal(parent.path, "app") == "\(path) belongs to a supervisor that runs (process \(getpid()))")
            #expect(Self.mode(path) == 0o711, "who is refused changes nothing")
            #expect(try Self.connects(first.socketPath))
        }
        #expect(Self.status("\(path)/immortal.sock") != nil, "as a killed supervisor leaves it")
        let second = try ControlDirectory(Word(parent.path), name: "app")
        #expect(Self.mode(path) == 0o700)
        _ = try second.listen(ControlAccess()).release()
        #expect(Self.mode("\(path)/immortal.sock") == 0o600)
        second.remove()
        #expect(Self.status(path) == nil)
    }

    @Test("no command inherits the lock")
    func inheritance() throws {
        let parent = try TemporaryDirectory()
        let pid: Int32
        do {
            let directory = try ControlDirectory(Word(parent.path), name: "app")
            pid = try Command(words: Start.words("/bin/sleep", "60"), environment: []).spawn(Start.plain)
            withExtendedLifetime(directory.number) {}
        }
        // A child that another test starts at this moment has all that is open, until it executes its command.
        let end = Clock.monotonic + 5_000_000_000
        while Self.refusal(parent.path, "app") != nil && Clock.monotonic < end { usleep(1000) }
        #expect(Self.refusal(parent.path, "app") == nil)
        kill(pid, SIGKILL)
        _ = reap(pid)
        Self.clean(parent.path, ["app/lock", "app"])
    }

    @Test("a lock file that was removed is no lock: whoever comes holds one that others see")
    func removedLock() throws {
        let parent = try TemporaryDirectory()
        defer { Self.clean(parent.path, ["app/lock", "app"]) }
        let old = try ControlDirectory(Word(parent.path), name: "app")
        old.remove()
        let new = try ControlDirectory(Word(parent.path), name: "app")
        #expect(Self.refusal(parent.path, "app")?.contains("(process \(getpid()))") == true)
        withExtendedLifetime(old.number) {}
        withExtendedLifetime(new.number) {}
    }

    @Test("permissions and group are those that were asked for, whatever the umask, and the directory lets those pass")
    func access() throws {
        let parent = try TemporaryDirectory()
        defer { Self.clean(parent.path, ["app/lock", "app/immortal.sock", "app"]) }
        let directory = try ControlDirectory(Word(parent.path), name: "app")
        let path = "\(parent.path)/app"
        let group = getgid()
        for (access, socketMode, directoryMode) in [
            (ControlAccess(group: group), 0o660, 0o710), (ControlAccess(mode: 0o620, group: group), 0o620, 0o710),
            (ControlAccess(mode: 0o666), 0o666, 0o711), (ControlAccess(mode: 0o602), 0o602, 0o701),
            (ControlAccess(), 0o600, 0o700), (ControlAccess(mode: 0o107_666, group: group), 0o666, 0o711),
        ] as [(ControlAccess, UInt32, UInt32)] {
            _ = try directory.listen(access).release()
            #expect(Self.mode("\(path)/immortal.sock") == socketMode)
            #expect(Self.mode(path) == directoryMode)
        }
        #expect(Self.status("\(path)/immortal.sock")?.st_gid == group)
    }

    @Test("a group that is not our own is set, by root", .enabled(if: getuid() == 0, "this is for root"))
    func foreignGroup() throws {
        let parent = try TemporaryDirectory()
        let directory = try ControlDirectory(Word(parent.path), name: "app")
        _ = try directory.listen(ControlAccess(group: 65533)).release()
        #expect(Self.status(directory.path.text)?.st_gid == 65533)
        #expect(Self.status(directory.socketPath.text)?.st_gid == 65533)
        directory.remove()
    }

    @Test("a link, a file, a link in place of the lock, and a name that is none are refused")
    func refusals() throws {
        let parent = try TemporaryDirectory()
        defer { Self.clean(parent.path, ["real/lock", "real", "link"]) }
        unsafe mkdir("\(parent.path)/real", 0o700)
        unsafe symlink("real", "\(parent.path)/link")
        _ = try parent.write("file", [])
        for name in ["link", "file"] {
            #expect(
                Self.refusal(parent.path, name)
                    == "\(parent.path)/\(name) is no directory; a symbolic link to one will not do")
        }
        unsafe symlink("/etc/passwd", "\(parent.path)/real/lock")
        #expect(Self.refusal(parent.path, "real")?.hasPrefix("\(parent.path)/real/lock: open: ") == true)
        for name in ["", ".", "..", "a/b", "/", "a\0b", String(repeating: "x", count: 256)] {
            #expect(Self.refusal(parent.path, name)?.contains("cannot name a service") == true, "\(name)")
        }
        #expect(Self.refusal("/proc", "app")?.hasPrefix("/proc/app: mkdir: ") == true)
        #expect(Self.refusal("\(parent.path)/file/deep", "app")?.hasPrefix("\(parent.path)/file/deep: mkdir: ") == true)
    }

    @Test("a directory of another user is refused", .enabled(if: getuid() == 0, "this is for root"))
    func foreignOwner() throws {
        let parent = try TemporaryDirectory()
        defer { Self.clean(parent.path, ["app"]) }
        unsafe mkdir("\(parent.path)/app", 0o700)
        unsafe chown("\(parent.path)/app", 65533, 65533)
        #expect(
            Self.refusal(parent.path, "app")
                == "\(parent.path)/app belongs to user 65533; it must belong to user 0, as whom Kapo runs")
        #expect(Self.status("\(parent.path)/app/lock") == nil)
    }

    @Test("a directory below one of another user is refused", .enabled(if: getuid() == 0, "this is for root"))
    func foreignParent() throws {
        let parent = try TemporaryDirectory()
        unsafe mkdir("\(parent.path)/home", 0o755)
        defer { Self.clean(parent.path, ["home"]) }
        unsafe chown("\(parent.path)/home", 65533, 65533)
        #expect(
            Self.refusal("\(parent.path)/home", "app")
                == "\(parent.path)/home belongs to user 65533; it must belong to user 0, as whom Kapo runs, or to root")
        #expect(Self.status("\(parent.path)/home/app") == nil)
    }

    @Test("a path that does not fit into a socket's address works all the same")
    func longPath() throws {
        let parent = try TemporaryDirectory()
        let parts = [String(repeating: "a", count: 80), String(repeating: "b", count: 80)]
        defer { Self.clean(parent.path, ["\(parts[0])/\(parts[1])", parts[0]]) }
        let directory = try ControlDirectory(Word("\(parent.path)/\(parts[0])/\(parts[1])"), name: "app")
        let socket = try directory.listen(ControlAccess())
        #expect(directory.socketPath.bytes.count > 180)
        #expect(Self.status(directory.socketPath.text).map { $0.st_mode & S_IFMT } == S_IFSOCK)
        #expect(try Self.connects(directory.socketPath))
        #expect(socket.port == 0)
        directory.remove()
        #expect(Self.status(directory.path.text) == nil)
    }

    @Test("a name that is too long by itself is an error, and so is a directory that is not there")
    func badNames() throws {
        let long = String(repeating: "x", count: 108)
        for (path, code) in [(long, ENAMETOOLONG), ("/\(long)", ENAMETOOLONG), ("/nonexistent/\(long)", ENOENT)] {
            let error = #expect(throws: SystemError.self) { _ = try SocketName(Word(path)).path }
            #expect(error?.code == code, "\(path)")
        }
        let plain = try SocketName(Word("/a/b")).path
        #expect(plain == Word("/a/b"), "nothing is opened where nothing must be")
    }
}
