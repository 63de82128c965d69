import Glibc
import Testing

@testable import Host

/// In processes of their own, which have no other children. Each exits with the number of the step that failed.
@Suite("What a command leaves behind")
struct LeftoversTests {
    @Test("a member of the group is left when its leader has ended, and gets what is sent to those that are left")
    func groupMember() async {
        await #expect(processExitsWith: .success) {
            let leader = try Start.sleeper(Start.words("sh", "-c", "sleep 600 & exit 3"))
            guard ChildrenTests.change() == .ended(pid: leader, code: 3, signal: 0) else { exit(1) }
            var left = Leftovers(ofGroup: leader)
            guard left.areThere else { exit(2) }
            left.signal(SIGTERM)
            guard holdsInTime({ !left.areThere }) else { exit(3) }
            exit(Children.next() == .noChild ? 0 : 4)
        }
    }

    @Test("an orphan that has left the group is a child once orphans are adopted, and none before")
    func orphan() async {
        await #expect(processExitsWith: .success) {
            let lost = try Start.sleeper(Start.words("sh", "-c", "setsid sleep 2 & sleep 0.5"))
            guard ChildrenTests.change() == .ended(pid: lost, code: 0, signal: 0) else { exit(1) }
            guard !Leftovers(ofGroup: lost).areThere, Children.next() == .noChild else { exit(2) }
            try Children.adoptOrphans()
            let leader = try Start.sleeper(Start.words("sh", "-c", "setsid sleep 600 & sleep 0.5"))
            guard ChildrenTests.change() == .ended(pid: leader, code: 0, signal: 0) else { exit(3) }
            var left = Leftovers(ofGroup: leader)
            guard left.areThere, Children.next() == .none else { exit(4) }
            left.signal(SIGKILL)
            guard case .ended(let pid, code: nil, signal: SIGKILL) = ChildrenTests.change(), pid != leader else {
                exit(5)
            }
            guard !left.areThere else { exit(6) }
            exit(Children.next() == .noChild ? 0 : 7)
        }
    }

    @Test("one that has ended is not left, though nobody has reaped it; one that is stopped is")
    func zombie() async {
        await #expect(processExitsWith: .success) {
            let pid = try Start.sleeper()
            var left = Leftovers(ofGroup: pid)
            guard left.areThere else { exit(1) }
            kill(pid, SIGSTOP)
            guard ChildrenTests.change() == .paused(pid: pid, signal: SIGSTOP), left.areThere else { exit(2) }
            left.signal(SIGKILL)
            guard holdsInTime({ !left.areThere }) else { exit(3) }
            guard processStat(pid)?.isDead == true else { exit(4) }
            guard ChildrenTests.change() == .ended(pid: pid, code: nil, signal: SIGKILL) else { exit(5) }
            exit(0)
        }
    }

    @Test("a child that is excepted is not of them: neither counted nor signalled")
    func excepted() async {
        await #expect(processExitsWith: .success) {
            let other = try Start.sleeper()
            let leader = try Start.sleeper()
            guard Leftovers(ofGroup: leader).areThere else { exit(1) }
            var left = Leftovers(ofGroup: leader, except: [other])
            left.signal(SIGKILL)
            guard ChildrenTests.change() == .ended(pid: leader, code: nil, signal: SIGKILL) else { exit(2) }
            guard !left.areThere else { exit(3) }
            guard Leftovers(ofGroup: leader).areThere, processStat(other)?.isDead == false else { exit(4) }
            kill(other, SIGKILL)
            guard ChildrenTests.change() == .ended(pid: other, code: nil, signal: SIGKILL) else { exit(5) }
            exit(0)
        }
    }

    @Test("each of them gets a signal once, however often it is sent; another signal comes, too")
    func once() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            // Traps run between two sleeps; the second file says that the trap is set.
            let script = """
                trap 'echo >>"$0"' USR1
                trap 'exit 5' USR2
                : >"$0.ready"
                while :; do sleep 0.01; done
                """
            let words = Start.words("sh", "-c", script, "\(directory.path)/heard")
            let command = Command(words: words, environment: [Word("PATH=/usr/bin:/bin")])
            let leader = try command.spawn(Start.plain)
            guard holdsInTime({ File.isRegular(Word("\(directory.path)/heard.ready")) }) else { exit(1) }
            var left = Leftovers(ofGroup: leader)
            let heard = { (try? File.read(Word("\(directory.path)/heard"), limit: 100))?.count ?? 0 }
            left.signal(SIGUSR1)
            guard holdsInTime({ heard() == 1 }) else { exit(2) }
            left.signal(SIGUSR1)
            left.signal(SIGUSR2)
            guard ChildrenTests.change() == .ended(pid: leader, code: 5, signal: 0) else { exit(3) }
            guard heard() == 1 else { exit(4) }
            // Those who are told are remembered with their start: another group is told anew.
            exit(left.areThere ? 5 : 0)
        }
    }

    @Test("one that is stopped is woken to hear of the signal")
    func woken() async {
        await #expect(processExitsWith: .success) {
            let leader = try Start.sleeper()
            kill(leader, SIGSTOP)
            guard ChildrenTests.change() == .paused(pid: leader, signal: SIGSTOP) else { exit(1) }
            var left = Leftovers(ofGroup: leader)
            left.signal(SIGTERM)
            guard holdsInTime({ processStat(leader)?.isDead != false }) else { exit(2) }
            guard ChildrenTests.change() == .ended(pid: leader, code: nil, signal: SIGTERM) else { exit(3) }
            exit(0)
        }
    }

    @Test("of the group alone: orphans that have left it do not count, and are not signalled")
    func groupOnly() async {
        await #expect(processExitsWith: .success) {
            try Children.adoptOrphans()
            let leader = try Start.sleeper(Start.words("sh", "-c", "sleep 600 & setsid sleep 600 & sleep 0.5"))
            guard ChildrenTests.change() == .ended(pid: leader, code: 0, signal: 0) else { exit(1) }
            var left = Leftovers(ofGroup: leader, scope: .group)
            guard left.areThere, Leftovers(ofGroup: leader).areThere else { exit(2) }
            left.signal(SIGKILL)
            guard case .ended(let pid, code: nil, signal: SIGKILL) = ChildrenTests.change(), pid != leader else {
                exit(3)
            }
            guard !left.areThere, Leftovers(ofGroup: leader).areThere, Children.next() == .none else { exit(4) }
            var rest = Leftovers(ofGroup: leader)
            rest.signal(SIGKILL)
            guard case .ended(_, code: nil, signal: SIGKILL) = ChildrenTests.change() else { exit(5) }
            exit(Children.next() == .noChild && !rest.areThere ? 0 : 6)
        }
    }

    @Test("of the group alone: one that has ended is not left, though nobody has reaped it")
    func groupOnlyZombie() async {
        await #expect(processExitsWith: .success) {
            let pid = try Start.sleeper()
            let left = Leftovers(ofGroup: pid, scope: .group)
            guard left.areThere else { exit(1) }
            kill(pid, SIGKILL)
            guard holdsInTime({ !left.areThere }), processStat(pid)?.isDead == true else { exit(2) }
            guard ChildrenTests.change() == .ended(pid: pid, code: nil, signal: SIGKILL) else { exit(3) }
            exit(0)
        }
    }

    @Test("to see whether there are children takes none of them")
    func children() async {
        await #expect(processExitsWith: .success) {
            guard !Children.areThere else { exit(1) }
            let pid = try Start.sleeper()
            guard Children.areThere else { exit(2) }
            kill(pid, SIGKILL)
            guard holdsInTime({ processStat(pid)?.isDead == true }), Children.areThere else { exit(3) }
            guard Children.next() == .change(.ended(pid: pid, code: nil, signal: SIGKILL)) else { exit(4) }
            exit(Children.areThere ? 5 : 0)
        }
    }
}
