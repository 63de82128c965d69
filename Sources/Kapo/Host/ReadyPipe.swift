import Glibc

/// The pipe to which a command writes a line when it is ready, as s6 has it
/// (https://skarnet.org/software/s6/notifywhenup.html).
package struct ReadyPipe: ~Copyable {
    private let readEnd: Descriptor
    /// The end for the command. Kapo keeps it open, so the other end is readable only when there is something to read.
    package let writeEnd: Descriptor

    /// The end for Kapo, readable when something was written.
    package var number: Int32 { readEnd.number }

    /// Opens one.
    package init() throws(SystemError) {
        let (readEnd, writeEnd) = try Pipe().release()
        self.readEnd = Descriptor(owning: readEnd)
        self.writeEnd = Descriptor(owning: writeEnd)
    }

    /// Reads what has come, and says whether a line ends in it. Call it when it is readable: it would wait otherwise.
    package func hasLine() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 512)
        // The kernel writes at most as many bytes as the array has.
        let count = unsafe read(readEnd.number, &bytes, bytes.count)
        return count > 0 && bytes[..<count].contains(UInt8(ascii: "\n"))
    }
}
