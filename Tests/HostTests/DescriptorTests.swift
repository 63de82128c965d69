import Glibc
import Testing

@testable import Host

@Suite("Descriptors and pipes")
struct DescriptorTests {
    @Test("what is written into a pipe comes out of it, and then its end")
    func pipe() throws {
        let (readEnd, writeEnd) = try Pipe().release()
        let reader = Descriptor(owning: readEnd)
        do {
            let writer = Descriptor(owning: writeEnd)
            let bytes: [UInt8] = [0, 255, 10, 13]
            // The kernel reads the array during the call.
            let written = unsafe write(writer.number, bytes, bytes.count)
            #expect(written == 4)
        }
        #expect(readAll(reader.number) == [0, 255, 10, 13], "the write end was closed with its owner")
    }

    @Test("both ends are close-on-exec and blocking")
    func flags() throws {
        let pipe = try Pipe()
        for number in [pipe.readEnd.number, pipe.writeEnd.number] {
            #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
            #expect(fcntl(number, F_GETFL) & O_NONBLOCK == 0)
        }
    }

    @Test("the limit is the one that the kernel enforces")
    func limit() throws {
        let text = String(decoding: try File.read(Word("/proc/self/limits"), limit: 10_000), as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Max open files") })
        let soft = try #require(line.dropFirst("Max open files".count).split(separator: " ").first)
        #expect(String(Descriptor.limit) == soft)
    }

    @Test("the limit is set within the hard one, which stays; more than that is refused, and changes nothing")
    func set() async {
        await #expect(processExitsWith: .success) {
            var limits = rlimit(rlim_cur: 300, rlim_max: 400)
            // The kernel reads the struct during the call.
            #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
            try Descriptor.setLimit(100)
            #expect(Descriptor.limit == 100)
            #expect(throws: SystemError("setrlimit", EINVAL)) { try Descriptor.setLimit(401) }
            #expect(Descriptor.limit == 100)
            try Descriptor.setLimit(400)
            #expect(Descriptor.limit == 400)
        }
    }

    @Test("the limit is raised as far as it goes, and a command has the one from before")
    func raise() async {
        await #expect(processExitsWith: .success) {
            var limits = rlimit(rlim_cur: 300, rlim_max: 400)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            // The kernel reads the struct during the call.
            guard unsafe setrlimit(resource, &limits) == 0, Descriptor.limit == 300 else { exit(1) }
            var inherited = Start.plain
            inherited.limits = Descriptor.raiseLimit()
            guard Descriptor.limit == 400 else { exit(2) }
            let words = Start.words("sh", "-c", "ulimit -Sn; ulimit -Hn")
            guard try Start.run(words, inherited).output == Array("300\n400\n".utf8) else { exit(3) }
            let own = try Start.run(words, inherited) { command in
                command.limits = Limit(name: "nofile", soft: 350, hard: 360).map { [$0] } ?? []
            }
            guard own.output == Array("350\n360\n".utf8) else { exit(4) }
            exit(Descriptor.raiseLimit().isEmpty && Descriptor.limit == 400 ? 0 : 5)
        }
    }

    @Test("closed standard descriptors become /dev/null, and open ones stay")
    func fillStandardOnes() async {
        await #expect(processExitsWith: .success) {
            let null = Array("/dev/null".utf8)
            let isFilled = holdsInTime {
                for number in [0, 2] as [Int32] { close(number) }
                let before = File.link(Word("/proc/self/fd/1"))
                Descriptor.fillStandardOnes()
                return (0...2).map { File.link(Word("/proc/self/fd/\($0)")) } == [null, before, null]
            }
            exit(isFilled ? 0 : 1)
        }
    }
}
