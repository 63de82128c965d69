import Glibc
import Testing

@testable import Host

@Suite("A pipe that is read without being emptied")
struct PeekPipeTests {
    private static func read(_ peek: PeekPipe, _ pipe: Int32, most: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: most)
        // The pointer is not used after the call.
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            var span = unsafe buffer.mutableBytes
            return peek.read(from: pipe, into: &span)
        }
        return Array(bytes.prefix(count))
    }

    @Test("bytes stay until they are dropped, however many there are")
    func peek() throws {
        let peek = try PeekPipe()
        let pipe = try Pipe().release()
        let readEnd = Descriptor(owning: pipe.readEnd)
        let writeEnd = Descriptor(owning: pipe.writeEnd)
        Pipe.enlarge(writeEnd.number)
        let input = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        // The kernel reads the array during the call.
        #expect(unsafe write(writeEnd.number, input, input.count) == input.count)
        #expect(Self.read(peek, readEnd.number, most: 100) == Array(input.prefix(100)))
        let first = Self.read(peek, readEnd.number, most: 300_000)
        #expect(first == Array(input.prefix(first.count)) && first.count >= 65536)
        peek.drop(50_000, from: readEnd.number)
        #expect(Self.read(peek, readEnd.number, most: 100) == Array(input[50_000..<50_100]))
        peek.drop(150_000, from: readEnd.number)
        #expect(Self.read(peek, readEnd.number, most: 100) == [])
    }
}
