import Glibc
import Testing

@testable import Host

@Suite("Words and the invocation")
struct WordTests {
    @Test("bytes that are not UTF-8 are kept, and shown as U+FFFD")
    func notUTF8() {
        let word = Word(bytes: [0x61, 0xff, 0x62])
        #expect(word.bytes == [0x61, 0xff, 0x62])
        #expect(word.text == "a\u{fffd}b")
        #expect(word != Word("a\u{fffd}b"), "what is shown is not what it is")
    }

    @Test("a text ends at its first zero, as C has it", arguments: [("a\0b", "a"), ("\0", ""), ("", ""), ("ä👍", "ä👍")])
    func zero(_ text: String, _ expected: String) {
        #expect(Word(text) == Word(bytes: Array(expected.utf8)))
    }

    @Test("C gets every word with a zero behind it, and a null pointer behind the last")
    func cStrings() {
        let words = [Word("kapo"), Word(""), Word(bytes: [0xff, 0x01, 0x80]), Word("ä")]
        let copies = unsafe withCStrings(words) { strings in
            // The strings are good during this call; their bytes are copied.
            unsafe words.indices.map { index -> [UInt8] in
                guard let string = unsafe strings[index] else { return [0] }
                return unsafe Array(UnsafeRawBufferPointer(start: string, count: strlen(string)))
            } + (strings[words.count] == nil ? [] : [[0]])
        }
        #expect(copies == words.map(\.bytes))
    }

    @Test("the arguments of this process are those that the kernel says")
    func arguments() throws {
        let line = try File.read(Word("/proc/self/cmdline"), limit: 1_000_000)
        let words = line.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { Word(bytes: Array($0)) }
        #expect(Invocation.arguments == words)
    }

    @Test("a variable that is set is read, one that is not is nil")
    func variable() {
        #expect(Invocation.variable("PATH")?.isEmpty == false)
        #expect(Invocation.variable("KAPO_NO_SUCH_VARIABLE") == nil)
        #expect(Invocation.environment.contains { $0.text.hasPrefix("PATH=") })
    }

    @Test("the command does not inherit what the service manager said to Kapo, and inherits everything else")
    func environmentForCommand() async {
        await #expect(processExitsWith: .success) {
            for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET"] { unsafe setenv(name, "1", 1) }
            for name in ["LISTEN_PIDS", "NOTIFY", "XNOTIFY_SOCKET", "KAPO_PORT"] { unsafe setenv(name, "1", 1) }
            let hidden = Set(Invocation.environment).subtracting(Invocation.environmentForCommand)
            guard Set(hidden.map(\.text)) == ["LISTEN_PID=1", "LISTEN_FDS=1", "LISTEN_FDNAMES=1", "NOTIFY_SOCKET=1"]
            else {
                exit(1)
            }
            exit(0)
        }
    }
}
