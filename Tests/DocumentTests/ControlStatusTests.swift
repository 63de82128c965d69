import Chance
import FoundationEssentials
import Testing

@testable import Document

@Suite("The answers of the control socket")
struct ControlStatusTests {
    private static func status(
        _ phase: ControlStatus.Phase, pid: Int32 = 6940, _ command: String = "./stdout"
    )
        -> ControlStatus
    {
        ControlStatus(pid: pid, phase: phase, command: command, followsPidFile: false, count: 4)
    }

    @Test("byte for byte: up, down, and waiting, which has the pid 0 and neither of them")
    func bytes() {
        #expect(
            text(Self.status(.up(nanoseconds: 7_900_000_000)).bytes)
                == #"{"pid":6940,"up":"7.9s","cmd":"./stdout","fpid":false,"count":4}"# + "\n")
        #expect(
            text(Self.status(.down(nanoseconds: 3_605_000_000_000), pid: 0).bytes)
                == #"{"pid":0,"down":"1h5.0s","cmd":"./stdout","fpid":false,"count":4}"# + "\n")
        #expect(
            text(Self.status(.starting(inNanoseconds: 1_500_000_000)).bytes)
                == #"{"pid":0,"cmd":"./stdout","fpid":false,"count":4,"status":"Starting in 1.5 seconds"}"# + "\n")
        var following = Self.status(.up("1.0s"))
        following.followsPidFile = true
        #expect(text(following.bytes).contains(#","fpid":true,"count":4}"#))
    }

    @Test("seconds until a start are rounded to a tenth")
    func starting() {
        for (milliseconds, expected) in [
            (0, "0.0"), (-5, "0.0"), (49, "0.0"), (50, "0.1"), (1_000, "1.0"), (999, "1.0"),
        ] {
            let phase = ControlStatus.Phase.starting(inNanoseconds: Int64(milliseconds) * 1_000_000)
            #expect(phase == .waiting("Starting in \(expected) seconds"))
        }
    }

    @Test(
        "texts are escaped as Go does it",
        arguments: [
            ("a b", #"a b"#), (#"say "hi" \ /"#, #"say \"hi\" \\ /"#), ("a<b>c&d", #"a\u003cb\u003ec\u0026d"#),
            ("\n\r\t\u{8}\u{c}", #"\n\r\t\b\f"#), ("\u{0}\u{1}\u{1f}", #"\u0000\u0001\u001f"#),
            ("\u{7f}\u{80}\u{e9}\u{1f600}", "\u{7f}\u{80}\u{e9}\u{1f600}"),
            ("\u{2027}\u{2028}\u{2029}", "\u{2027}\\u2028\\u2029"),
        ])
    func escapes(_ plain: String, _ escaped: String) {
        var output: [UInt8] = []
        GoText.append(plain, to: &output)
        #expect(text(output) == "\"\(escaped)\"")
        #expect(text(SignalAnswer(plain).bytes) == "{\"Err\":\"\(escaped)\"}\n")
    }

    @Test("what was written is read back, whatever is in the texts; other readers of JSON agree")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<300 {
            let scalars = (0..<Int.random(in: 0..<20, using: &generator)).map { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0x2100, using: &generator)) ?? "x"
            }
            var command = ""
            command.unicodeScalars.append(contentsOf: scalars)
            for phase in [ControlStatus.Phase.up("1.0s"), .down("2.0s"), .waiting("Starting in 1.0 seconds")] {
                var status = Self.status(phase, command)
                if case .waiting = phase { status.pid = 0 }
                #expect(ControlStatus(answer: status.bytes) == status)
            }
            let answer = SignalAnswer(command)
            #expect(SignalAnswer(answer: answer.bytes) == answer)
            #expect(try JSONDecoder().decode([String: String].self, from: Data(answer.bytes)) == ["Err": command])
        }
    }

    @Test("answers of others: members in any order, more of them, and fewer")
    func others() {
        func read(_ text: String) -> ControlStatus? { ControlStatus(answer: Array(text.utf8)) }
        let full =
            #" { "new" : [ { "a" : [1.5e3] } ] , "cmd":"c\u00e9\ud83d\ude00", "up" : "1.0s","fpid":true ,"pid": 7}"#
        #expect(
            read(full)
                == ControlStatus(
                    pid: 7, phase: .up("1.0s"), command: "c\u{e9}\u{1f600}", followsPidFile: true, count: 0))
        #expect(read("{}") == ControlStatus(pid: 0, phase: .down(""), command: "", followsPidFile: false, count: 0))
        for bad in [
            "", "[]", "null", #"{"pid":"7"}"#, #"{"pid":99999999999}"#, #"{"pid":1.5}"#, #"{"up":1}"#,
            #"{"fpid":"no"}"#,
            #"{"cmd":[]}"#, #"{"pid":7"#, #"{"pid":7}}"#, "<html>",
        ] { #expect(read(bad) == nil, "\(bad)") }
        #expect(SignalAnswer(answer: Array(#"{"Err":"x"}"#.utf8)) == SignalAnswer("x"))
        #expect(SignalAnswer(answer: Array(#"{"Err":""}"#.utf8)) == SignalAnswer(nil))
        for bad in ["{}", #"{"Err":null}"#, #"{"err":""}"#] { #expect(SignalAnswer(answer: Array(bad.utf8)) == nil) }
        #expect(SignalAnswer.unknown("p").reason == "unknown signal: p")
    }
}
