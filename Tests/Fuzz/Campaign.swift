import Glibc

/// Many scripts, one after the other.
struct Campaign {
    private(set) var total = Rig.Tally()

    /// What the script of a seed has shown to be wrong, with a short script that shows it too; nil when nothing.
    mutating func failure(seed: UInt64) throws -> String? {
        let script = Generator.script(seed: seed)
        return try complaint(about: script, "seed \(seed)").map { Self.report(script, $0, "seed \(seed)") }
    }

    /// What a script that someone wrote has shown to be wrong.
    mutating func failure(of script: Script, named name: String) throws -> String? {
        try complaint(about: script, name).map { "\(name): \($0)\n\(script.text)" }
    }

    private mutating func complaint(about script: Script, _ name: String) throws -> String? {
        _ = LastWords.areHeard
        LastWords.set(name)
        defer { LastWords.set("") }
        let rig = try Rig()
        let complaint = try rig.complaint(about: script)
        count(rig.tally)
        return complaint
    }

    private mutating func count(_ tally: Rig.Tally) {
        total.scripts += tally.scripts
        total.answers += tally.answers
        total.hits += tally.hits
        total.likelyHits += tally.likelyHits
        total.misses += tally.misses
    }

    private static func report(_ script: Script, _ complaint: String, _ name: String) -> String {
        // A server that is wrong is so at once; patience is for a machine that has much to do.
        func tryAgain(_ script: Script) -> String? {
            (try? Rig(patienceMilliseconds: 60))?.complaintOrFailure(about: script)
        }
        var text = "\(name): \(complaint)\n"
        guard tryAgain(script) != nil else { return text + "It did not fail a second time.\n" + script.text }
        let short = Shrink.shrunk(script) { tryAgain($0) != nil }
        text += "Shrunk: \(tryAgain(short) ?? "it did not fail once more")\n"
        return text + short.text
    }
}

extension Rig {
    fileprivate func complaintOrFailure(about script: Script) -> String? {
        do {
            return try complaint(about: script)
        } catch {
            return "\(error)"
        }
    }
}

/// Words for who runs the fuzz by hand.
enum Terminal {
    static func say(_ text: String) {
        let line = Array("\(text)\n".utf8)
        // The kernel reads the array during the call.
        _ = unsafe write(STDERR_FILENO, line, line.count)
    }
}
