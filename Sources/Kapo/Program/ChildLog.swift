import Host
import Logging
import Machine

/// What the machine of `run` and `supervise` tells people, in log lines.
struct ChildLog {
    let log: Logger
    /// The command, as typed.
    let name: String

    /// Writes the line for one note.
    func write(_ note: ChildNote) {
        switch note {
        case .started(let pid): log.info("started \(name)", metadata: ["pid": "\(pid)"])
        case .found(let pid): log.info("\(name) runs already", metadata: ["pid": "\(pid)"])
        case .follows(let pid): log.info("another process takes the place of \(name)", metadata: ["pid": "\(pid)"])
        case .ready(let pid): log.info("\(name) is ready", metadata: ["pid": "\(pid)"])
        case .ended(let pid, .exited(let code)):
            log.info("\(name) ended with exit code \(code)", metadata: ["pid": "\(pid)"])
        case .ended(let pid, .signalled(let number)):
            log.info("\(name) was killed by \(Signals.name(of: number))", metadata: ["pid": "\(pid)"])
        case .ended(let pid, .unknown): log.info("\(name) ended", metadata: ["pid": "\(pid)"])
        case .starts(let nanoseconds): log.info("starting \(name) in \(Self.seconds(nanoseconds)) s")
        case .restarts(let nanoseconds): log.info("starting \(name) again in \(Self.seconds(nanoseconds)) s")
        case .spawnFailed(let failure): log.error("\(failure.reason)")
        case .preStartFailed: log.error("\(name) is not started: --pre-start failed")
        case .requirementUnmet: log.info("\(name) is not started before what it requires is there")
        case .hookTimedOut: log.error("killing a hook of \(name) that takes too long")
        case .startLimitReached: log.error("\(name) was started as often as --start-limit allows")
        case .failed: log.error("\(name) has failed and is not started any more")
        case .down: log.info("\(name) is down, and is not started before an order")
        case .stopping(let pid): log.info("stopping \(name)", metadata: ["pid": "\(pid)"])
        case .draining(let nanoseconds):
            log.info("draining: \(name) is told to stop in \(Self.seconds(nanoseconds)) s")
        case .ttlExpired(let pid): log.info("time to live is over, stopping \(name)", metadata: ["pid": "\(pid)"])
        case .notReady(let pid): log.error("\(name) is not ready in time, stopping it", metadata: ["pid": "\(pid)"])
        case .hung(let pid): log.error("\(name) gives no sign of life, stopping it", metadata: ["pid": "\(pid)"])
        case .unhealthy(let pid): log.error("\(name) fails its checks, stopping it", metadata: ["pid": "\(pid)"])
        case .killing(let pid): log.warning("killing \(name) and its process group", metadata: ["pid": "\(pid)"])
        case .sweeping: log.info("stopping what \(name) left behind")
        case .killingOthers: log.warning("killing what \(name) left behind")
        }
    }

    /// Seconds, to the millisecond.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let milliseconds = (nanoseconds + 500_000) / 1_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
    }
}
