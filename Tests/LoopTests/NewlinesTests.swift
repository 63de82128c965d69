import Testing

@testable import Loop

@Suite("Counting newlines")
struct NewlinesTests {
    private static func count(_ bytes: [UInt8]) -> Int {
        // The pointer is good for the call.
        unsafe bytes.withUnsafeBytes { unsafe Newlines.count(in: $0) }
    }

    @Test("every byte value counts as what it is, at every place of a word and behind the last word")
    func everyByte() {
        for length in 0...17 {
            for place in 0..<length {
                for byte in UInt8.min ... .max {
                    for filler in [0, 0x09, 0x0a, 0x0b, 0x8a, 0xff] as [UInt8] {
                        var bytes = [UInt8](repeating: filler, count: length)
                        bytes[place] = byte
                        let expected = bytes.count { $0 == 0x0a }
                        if Self.count(bytes) != expected { Issue.record("\(bytes): not \(expected)") }
                    }
                }
            }
        }
    }

    @Test("the bytes need not begin at a whole word")
    func unaligned() {
        let bytes = (0..<256).map { UInt8($0 % 11) }
        // The pointer is good for the call.
        unsafe bytes.withUnsafeBytes { all in
            for start in 0..<16 {
                let part = unsafe UnsafeRawBufferPointer(rebasing: all[start...])
                let expected = bytes[start...].count { $0 == 0x0a }
                let count = unsafe Newlines.count(in: part)
                #expect(count == expected)
            }
        }
    }
}
