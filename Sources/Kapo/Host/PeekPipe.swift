import CLinux
import Glibc

/// Copies what is in a pipe and leaves it there until it is safe elsewhere: should Kapo be killed in between, the next
/// one finds it, and nothing is lost.
package final class PeekPipe {
    private let readEnd: Descriptor
    private let writeEnd: Descriptor
    private let nothing: Descriptor

    /// Makes one; it serves any number of pipes, one after the other.
    package init() throws(SystemError) {
        let (readEnd, writeEnd) = try Pipe().release()
        self.readEnd = Descriptor(owning: readEnd)
        self.writeEnd = Descriptor(owning: writeEnd)
        nothing = try Descriptor.null()
        Pipe.enlarge(writeEnd)
    }

    /// Copies bytes from the pipe into the buffer, and returns their number; 0 when there are none.
    package func read(from pipe: Int32, into buffer: inout MutableRawSpan) -> Int {
        // The pointer is not used after the call.
        unsafe buffer.withUnsafeMutableBytes { unsafe read(from: pipe, into: $0) }
    }

    private func read(from pipe: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = retryingOnInterrupt { kapo_tee(pipe, writeEnd.number, buffer.count) }
        guard count > 0 else { return 0 }
        var done = 0
        // Ends: this pipe holds `count` bytes, which is no more than the buffer has, and nobody else reads it.
        while done < count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<count])
            let got = retryingOnInterrupt { unsafe Glibc.read(readEnd.number, rest.baseAddress, rest.count) }
            precondition(got > 0, "what was copied into a pipe is not in it")
            done += got
        }
        return count
    }

    /// Takes bytes that were copied out of the pipe.
    package func drop(_ count: Int, from pipe: Int32) {
        var rest = count
        while rest > 0 {
            let dropped = retryingOnInterrupt { kapo_splice(pipe, nothing.number, rest) }
            // Somebody else has taken them.
            guard dropped > 0 else { return }
            rest -= dropped
        }
    }
}
