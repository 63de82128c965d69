/// Makes a failing script short.
struct Shrink {
    /// When to stop, in milliseconds: each failing script takes as long as its rig is patient.
    private let end: Int
    private let fails: (Script) -> Bool

    /// A shorter script that fails too.
    static func shrunk(_ script: Script, seconds: Int = 20, _ fails: @escaping (Script) -> Bool) -> Script {
        let shrink = Shrink(end: WallClock.milliseconds() + 1000 * seconds, fails: fails)
        var script = script
        var last: Script
        repeat {
            last = script
            script.steps = shrink.shorter(script.steps) { Script(steps: $0) }
            for index in script.steps.indices {
                guard case .send(let connection, let bytes) = script.steps[index] else { continue }
                let steps = script.steps
                let short = shrink.shorter(bytes) { bytes in
                    Script(steps: steps[..<index] + [.send(connection, bytes)] + steps[(index + 1)...])
                }
                script.steps[index] = .send(connection, short)
            }
        } while script != last && shrink.hasTime
        return script
    }

    private var hasTime: Bool { WallClock.milliseconds() < end }

    /// As few elements as still make a failing script: halves are taken out, then smaller and smaller parts.
    private func shorter<Element>(_ whole: [Element], _ script: ([Element]) -> Script) -> [Element] {
        var whole = whole
        var size = max(1, whole.count / 2)
        while hasTime {
            var begin = 0
            while begin < whole.count && hasTime {
                let part = Array(whole[..<begin] + whole[min(whole.count, begin + size)...])
                if fails(script(part)) { whole = part } else { begin += size }
            }
            guard size > 1 else { break }
            size /= 2
        }
        return whole
    }
}
