import Testing

@testable import Document

@Suite("What a control socket answers")
struct ControlAnswersTests {
    @Test("a status of each kind")
    func status() {
        let up = ControlStatus(
            answer: Array(#"{"pid":6940,"up":"7.9s","cmd":"./stdout","fpid":false,"count":4}"#.utf8))
        #expect(
            up == ControlStatus(pid: 6940, phase: .up("7.9s"), command: "./stdout", followsPidFile: false, count: 4))
        let down = ControlStatus(
            answer: Array(#" { "down" : "1h5.0s" , "cmd":"a \"b\" \u003c\n\ud83d\ude00","fpid":true}\#n"#.utf8))
        #expect(
            down
                == ControlStatus(
                    pid: 0, phase: .down("1h5.0s"), command: "a \"b\" <\n😀", followsPidFile: true, count: 0))
        let waiting = ControlStatus(
            answer: Array(#"{"pid":0,"cmd":"x","status":"Starting in 1.0 seconds","new":1.5e3}"#.utf8))
        #expect(waiting?.phase == .waiting("Starting in 1.0 seconds"))
    }

    @Test("an answer to an order")
    func signal() {
        #expect(SignalAnswer(answer: Array(#"{"Err":""}"#.utf8))?.reason == "")
        #expect(SignalAnswer(answer: Array(#"{"Err":"unknown signal: x"}"#.utf8))?.reason == "unknown signal: x")
        #expect(SignalAnswer(answer: Array("{}".utf8)) == nil)
    }

    @Test(
        "anything else is none",
        arguments: ["", "{", "[]", "null", #"{"a"}"#, #"{"a":"#, #"{"a":"b"#, #"{"a":"\u12"}"#])
    func nonsense(_ text: String) {
        #expect(ControlStatus(answer: Array(text.utf8)) == nil)
    }
}
