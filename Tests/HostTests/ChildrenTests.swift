import Glibc
import Testing

@testable import Host

/// In processes of their own, which have no other children. Each exits with the number of the step that failed.
@Suite("Children")
struct ChildrenTests {
    /// The next change, which must come in time.
    static func change() -> Children.Change? {
        var found: Children.Change?
        _ = holdsInTime {
            if case .change(let change) = Children.next() { found = change }
            return found != nil
        }
        return found
    }

    @Test("each change is told once: stopped by which signal, running again, ended by a signal")
    func changes() async {
        await #expect(processExitsWith: .success) {
            guard Children.next() == .noChild else { exit(1) }
            let pid = try Start.sleeper()
            guard Children.next() == .none else { exit(2) }
            for number in [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU] {
                kill(pid, number)
                guard Self.change() == .paused(pid: pid, signal: number), Children.next() == .none else { exit(3) }
                kill(pid, SIGCONT)
                guard Self.change() == .resumed(pid: pid), Children.next() == .none else { exit(4) }
            }
            kill(pid, SIGTERM)
            guard Self.change() == .ended(pid: pid, code: nil, signal: SIGTERM) else { exit(5) }
            exit(Children.next() == .noChild ? 0 : 6)
        }
    }

    @Test("one that is killed while it is stopped has ended")
    func killedWhileStopped() async {
        await #expect(processExitsWith: .success) {
            let pid = try Start.sleeper()
            kill(pid, SIGTSTP)
            guard Self.change() == .paused(pid: pid, signal: SIGTSTP) else { exit(1) }
            kill(pid, SIGKILL)
            guard Self.change() == .ended(pid: pid, code: nil, signal: SIGKILL) else { exit(2) }
            exit(Children.next() == .noChild ? 0 : 3)
        }
    }

    @Test("an exit has its code, and every one of many is told")
    func exits() async {
        await #expect(processExitsWith: .success) {
            var expected: [Int32: Int32] = [:]
            for code in [0, 1, 7, 126, 127, 128, 137, 255] as [Int32] {
                expected[try Start.sleeper(Start.words("sh", "-c", "exit \(code)"))] = code
            }
            while !expected.isEmpty {
                guard case .ended(let pid, let code, signal: 0) = Self.change() else { exit(1) }
                guard expected.removeValue(forKey: pid) == code else { exit(2) }
            }
            exit(Children.next() == .noChild ? 0 : 3)
        }
    }
}
