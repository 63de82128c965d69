import CLinux
import Glibc

/// A word as the kernel passes it: any bytes but zero. Not every argument and path is UTF-8.
package struct Word: Hashable, Sendable {
    package var bytes: [UInt8]

    /// A word of these bytes; none of them is zero.
    package init(bytes: [UInt8]) {
        precondition(!bytes.contains(0), "a word contains no zero byte")
        self.bytes = bytes
    }

    /// The UTF-8 of `text`.
    package init(_ text: String) {
        self.init(bytes: Array(text.utf8.prefix { $0 != 0 }))
    }

    /// The bytes of the word, and those of the text behind them.
    package static func + (word: Word, text: String) -> Word { Word(bytes: word.bytes + Word(text).bytes) }

    /// For people and for documents: what is not UTF-8 becomes U+FFFD.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// What Kapo was started with.
package enum Invocation {
    /// The arguments, the program's own name first.
    package static var arguments: [Word] {
        unsafe words(kapo_arguments())
    }

    /// The environment, each entry `NAME=value`.
    package static var environment: [Word] {
        unsafe words(kapo_environment())
    }

    /// The pid of this process.
    package static var pid: Int32 { getpid() }

    /// The value of the variable `name`, or nil when it is not set.
    package static func variable(_ name: String) -> String? {
        bytes(ofVariable: name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same, byte for byte: paths are not always UTF-8.
    package static func bytes(ofVariable name: String) -> [UInt8]? {
        // getenv's string is copied at once.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe word(value).bytes
    }

    /// The words of an array of C strings that a null pointer ends. Those of the process live as long as it does.
    private static func words(_ strings: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [Word] {
        guard var next = unsafe strings else { return [] }
        var words: [Word] = []
        while let string = unsafe next.pointee {
            words.append(unsafe word(string))
            unsafe next += 1
        }
        return words
    }

    /// The bytes of a C string, without the zero.
    private static func word(_ string: UnsafeMutablePointer<CChar>) -> Word {
        let length = unsafe strlen(string)
        let bytes = unsafe UnsafeRawBufferPointer(start: string, count: length)
        return Word(bytes: unsafe Array(bytes))
    }
}

/// Calls `body` with the words as C wants them: zero-terminated strings, and a null pointer at the end.
func withCStrings<Result>(
    _ words: [Word], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let strings = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
    // Every slot is written before it is read, and everything allocated here is freed here.
    for (index, word) in words.enumerated() {
        let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: word.bytes.count + 1)
        _ = unsafe copy.initialize(from: word.bytes.lazy.map { CChar(bitPattern: $0) } + [0])
        unsafe strings[index] = copy.baseAddress
    }
    unsafe strings[words.count] = nil
    defer {
        for index in words.indices { unsafe strings[index]?.deallocate() }
        unsafe strings.deallocate()
    }
    return unsafe body(strings)
}

/// Calls `body` with the word as C wants a path: a zero-terminated string.
func withPath<Result>(_ word: Word, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // The array ends with a zero and lives through the call; a word is never so empty that it has no storage.
    unsafe (word.bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { string in
        guard let base = string.baseAddress else { preconditionFailure("an array with a zero in it has storage") }
        return unsafe body(base)
    }
}
