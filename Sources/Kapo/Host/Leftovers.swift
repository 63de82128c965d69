import Glibc

/// What a command leaves behind: the other members of its process group, and the children of this process that are
/// orphans. Where /proc does not tell of this process's PID namespace, only the group can be found.
package struct Leftovers {
    /// Whom to look for.
    package enum Scope: Sendable {
        /// The members of the process group.
        case group
        /// The orphans that have become children of this process, too: for a Kapo that has one command.
        case everything
    }

    /// A process, and a signal that it was sent; or a group as kill(2) names it, with a start of 0.
    private struct Telling: Hashable {
        let pid: Int32
        let startTicks: UInt64
        let signal: Int32
    }

    private let group: Int32
    private let scope: Scope
    private let others: Set<Int32>
    private let otherGroups: Set<Int32>
    private var told: Set<Telling> = []

    /// Those of the command that was started as `leader`; `others` are children of this process that are none, and so
    /// are the members of `groups`.
    package init(
        ofGroup leader: Int32, scope: Scope = .everything, except others: Set<Int32> = [],
        groups: Set<Int32> = []
    ) {
        otherGroups = groups
        group = leader
        self.scope = scope
        self.others = others
    }

    /// True when one of them lives.
    package var areThere: Bool {
        guard let processes else { return Signals.hasGroup(group) }
        return !processes.isEmpty
    }

    /// Sends `number` to each of them that has not got it yet, and CONT: one that is stopped must run to hear of it,
    /// and /proc does not show a STOP that is still on its way.
    package mutating func signal(_ number: Int32) {
        guard let processes else {
            guard told.insert(Telling(pid: -group, startTicks: 0, signal: number)).inserted else { return }
            kill(-group, number)
            kill(-group, SIGCONT)
            return
        }
        for stat in processes {
            let telling = Telling(pid: stat.pid, startTicks: stat.startTicks, signal: number)
            guard told.insert(telling).inserted else { continue }
            kill(stat.pid, number)
            kill(stat.pid, SIGCONT)
        }
    }

    /// Nil where /proc does not tell. A look at all of it takes milliseconds on a host of many processes, and as a rule
    /// nobody is left: then two system calls say so. Who leaves the group is a child of this process or a descendant of
    /// one, and whoever loses the parent becomes a child before that parent is gone: without children there is nobody.
    private var processes: [ProcessStat]? {
        if !Signals.hasGroup(group), scope == .group || !Children.areThere { return [] }
        guard ProcessList.isOwn else { return nil }
        let own = getpid()
        return File.names(in: Word("/proc")).compactMap { Int32($0.text) }.compactMap { pid in
            guard pid != own, !others.contains(pid), let line = try? File.read(Word("/proc/\(pid)/stat"), limit: 4096),
                let stat = ProcessStat(line: line), !stat.isDead,
                stat.group == group || (scope == .everything && stat.parent == own && !otherGroups.contains(stat.group))
            else { return nil }
            return stat
        }
    }
}
