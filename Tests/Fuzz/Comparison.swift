/// Whether the two servers have told a client the same.
enum Comparison {
    /// What differs; nil when nothing does, but for the date and how often a live route was called.
    static func difference(_ pair: Pair) -> String? {
        let transcripts = pair.clients.map(\.transcript)
        let counts = transcripts.map(\.answers.count)
        let fewest = min(counts[0], counts[1])
        for index in min(fewest, pair.checked[0], pair.checked[1])..<fewest {
            let answers = transcripts.map { $0.answers[index] }
            if !areAlike(answers[0], answers[1], isLoose: pair.isLoose) {
                return "answer \(index + 1): with replay \(answers[0]); without \(answers[1])"
            }
        }
        guard !pair.isCut else { return nil }
        if counts[0] != counts[1] {
            let side = counts[0] > counts[1] ? 0 : 1
            let answer = transcripts[side].answers[fewest]
            return "\(counts[0]) answers with replay, \(counts[1]) without; the first that only one gave is \(answer)"
        }
        let rests = transcripts.map { rest($0, isLoose: pair.isLoose) }
        if !rests[0].isSame(as: rests[1]) {
            let texts = rests.map { EscapedBytes.text(of: Array($0.prefix(300))) }
            return "the last bytes: with replay \"\(texts[0])\", without \"\(texts[1])\""
        }
        let endings = pair.clients.map(\.ending)
        return endings[0] == endings[1]
            ? nil : "it is \(endings[0].rawValue) with replay, \(endings[1].rawValue) without"
    }

    private static func areAlike(_ one: Answer, _ other: Answer, isLoose: Bool) -> Bool {
        let areHeadsAlike =
            isLoose ? one.headWithoutLength.isSame(as: other.headWithoutLength) : one.head.isSame(as: other.head)
        guard areHeadsAlike else { return false }
        return switch (one.body, other.body) {
        case (.live, .live): true
        case (.content, .content) where isLoose: true
        default: one.body == other.body
        }
    }

    private static func rest(_ transcript: Transcript, isLoose: Bool) -> [UInt8] {
        let rest = transcript.rest
        return isLoose ? Answer(head: rest, date: nil, body: .none).headWithoutLength : rest
    }
}
