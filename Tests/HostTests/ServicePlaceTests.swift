import Glibc
import Testing

@testable import Host

/// A directory of services, of which each may have a socket and a lock; made and removed by shells, for once.
@Suite("Where services are, and what is left of dead ones")
struct ServicePlaceTests {
    /// Runs `body` with a new directory, in which a script of sh(1) has made things; `dead NAME` makes what a
    /// supervisor that died leaves behind.
    private func with(_ script: String, _ body: (String) throws -> Void) throws {
        let directory = try TemporaryDirectory()
        let prelude = """
            cd '\(directory.path)' || exit 1
            dead() {
                mkdir -p "$1" && : >"$1/lock" &&
                python3 -c 'import os, socket, sys; os.chdir(sys.argv[1]); \
                    socket.socket(socket.AF_UNIX).bind("immortal.sock")' "$1"
            }
            """
        try #require(unsafe system(prelude + "\n" + script) == 0)
        defer { _ = unsafe system("rm -rf '\(directory.path)/'*") }
        try body(directory.path)
    }

    private func names(_ parents: [String]) -> [String] {
        ServicePlace.all(in: parents.map { Word($0) }).map(\.name).sorted()
    }

    @Test("a service is a directory with a socket of the right name; links and other files are none")
    func all() throws {
        try with(
            """
            dead web; dead other; mkdir empty; : >file; mkdir plain; : >plain/immortal.sock
            ln -s web link; mkdir linked; ln -s ../web/immortal.sock linked/immortal.sock; dead .hidden
            mkdir more; dead more/web; ln -s more again
            """
        ) { path in
            #expect(names([path]) == [".hidden", "other", "web"])
            #expect(names(["\(path)/more", "\(path)/again", "\(path)/more/"]) == ["web"], "the same directory")
            #expect(names([path, "\(path)/more"]) == [".hidden", "other", "web", "web"])
            #expect(names(["\(path)/nothing", "\(path)/file", "\(path)/plain"]) == [])
            let place = try #require(ServicePlace.all(in: [Word("\(path)/more")]).first)
            #expect(place.socket.text == "\(path)/more/web/immortal.sock")
        }
    }

    @Test("what a dead one leaves is removed, through a link to the directory of all services too")
    func purge() throws {
        try with("mkdir s; dead s/web; dead s/other; ln -s s t") { path in
            #expect(ServicePlace(parent: Word("\(path)/s"), directory: Word("web")).purge())
            #expect(names(["\(path)/s"]) == ["other"])
            #expect(!File.exists(Word("\(path)/s/web")))
            #expect(ServicePlace(parent: Word("\(path)/t"), directory: Word("other")).purge())
            #expect(File.count(in: Word("\(path)/s"), most: 9) == 0)
            #expect(!ServicePlace(parent: Word("\(path)/s"), directory: Word("web")).purge(), "it is gone")
        }
    }

    @Test(
        "nothing else is ever removed",
        arguments: [
            ("more in it", "dead web; : >web/log"), ("no lock", "dead web; rm web/lock"),
            ("a lock that is a link", "dead web; : >lock; ln -sf ../lock web/lock"),
            ("a lock that is a directory", "dead web; rm web/lock; mkdir web/lock"),
            ("a lock that is a FIFO", "dead web; rm web/lock; mkfifo web/lock"),
            ("a socket that is a file", "dead web; rm web/immortal.sock; : >web/immortal.sock"),
            ("a socket that is a link", "dead a; dead web; ln -sf ../a/immortal.sock web/immortal.sock"),
            ("a directory that is a link", "dead a; ln -s a web"),
        ])
    func others(_ what: String, _ script: String) throws {
        try with(script + "; find . | sort >../$(basename $PWD).list") { path in
            defer { unsafe unlink("\(path).list") }
            #expect(!ServicePlace(parent: Word(path), directory: Word("web")).purge(), "\(what)")
            let compared = unsafe system("cd '\(path)' && find . | sort | cmp - '\(path).list'")
            #expect(compared == 0, "\(what)")
        }
    }

    @Test("nor anything of one whose lock is held")
    func held() throws {
        try with("dead web") { path in
            let lock = Descriptor(owning: unsafe open("\(path)/web/lock", O_RDWR | O_CLOEXEC))
            #expect(holds(lock.number))
            let place = ServicePlace(parent: Word(path), directory: Word("web"))
            #expect(!place.purge())
            #expect(names([path]) == ["web"])
            _ = consume lock
            #expect(place.purge())
        }
    }

    /// Holds the lock as a supervisor does.
    private func holds(_ descriptor: Int32) -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}
