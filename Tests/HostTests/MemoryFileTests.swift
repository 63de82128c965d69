import Glibc
import Testing

@testable import Host

@Suite("MemoryFile")
struct MemoryFileTests {
    @Test("what it holds is read from the beginning, by whoever gets the descriptor", arguments: [0, 1, 300_000])
    func read(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let file = try MemoryFile.holding(bytes)
        let copy = dup(file.number)
        defer { close(copy) }
        var found = [UInt8](repeating: 0, count: count + 1)
        // The kernel writes no more than the array has.
        let got = unsafe Glibc.read(copy, &found, found.count)
        #expect(got == count)
        #expect(found.prefix(count).elementsEqual(bytes))
    }

    @Test("it is not left to commands")
    func closeOnExec() throws {
        let file = try MemoryFile.holding([1])
        #expect(fcntl(file.number, F_GETFD) & FD_CLOEXEC != 0)
    }
}
