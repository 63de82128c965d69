import Config
import Host
import Machine

/// What is to be done with one service.
package struct ServiceOptions: Equatable, Sendable {
    /// Empty for the pid of Kapo, which a daemon has only once it is one.
    package var name: String
    package var child: ChildOptions
    /// Names of the services that must be up before this one starts.
    package var requires: [String] = []
    /// Who may give it orders by its socket.
    package var access = ControlAccess()
    /// True for a command line: the service may be left by `exit`, and Kapo ends when it is not started any more.
    package var endsWithKapo = false

    /// That service, which requires nobody.
    package init(name: String, child: ChildOptions) {
        self.name = name
        self.child = child
    }
}

extension ServiceOptions {
    /// What it requires when it is alone.
    package var requirements: Requirements {
        let command = child.policy.requirementDelayNanoseconds == nil ? nil : child.preStart
        return Requirements(services: requires, command: command, shell: child.shell)
    }

    /// True when these options ask for the same command in the same surroundings, so that a change to them needs no
    /// restart.
    func differsOnlyInPolicy(from others: ServiceOptions) -> Bool {
        var same = self
        same.child.policy = others.child.policy
        same.requires = others.requires
        return same == others
    }
}

/// What Kapo does for services.
package struct ServicesOptions: Sendable {
    /// Where the services come from.
    package enum Source: Sendable {
        /// Only this one: Kapo ends when it does.
        case one(ServiceOptions)
        /// Each `*.yml` of a directory, read by the function: it says what is wrong in words for people.
        case directory(Word, read: @Sendable (Word) -> ServiceReading)
    }

    package var source: Source
    /// The directory of the services' own directories, each with a control socket; nil for no sockets.
    package var control: Word?
    /// True when the directory is watched for changes.
    package var watches = false

    /// Services from there.
    package init(source: Source) { self.source = source }
}

/// What came of reading the file of a service.
package enum ServiceReading: Sendable {
    case service(ServiceOptions)
    /// Lines for people.
    case mistakes(String)
}
