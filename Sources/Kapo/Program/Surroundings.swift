import Config
import Host
import Machine

/// What the command finds around itself when it starts, where that is not what Kapo was started with.
package struct Surroundings: Equatable, Sendable {
    /// Variables that are added to those of Kapo; the file's and the user's come after them.
    package var variables: [Variable] = []
    /// A file of variables, read at each start; a relative path begins at the directory that Kapo was started in.
    package var environmentFile: Path?
    /// The directory that the command starts in; a relative path begins there too.
    package var directory: Path?
    package var user: UserName?
    package var umask: Umask?
    package var nice: Nice?
    package var limits = ResourceLimits([])

    /// As Kapo itself.
    package init() {}

    /// A variable of the environment.
    package struct Variable: Equatable, Sendable {
        package var name: String
        package var value: String

        /// That variable.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
}

extension Surroundings {
    /// Gives the command these surroundings, as files and accounts are now; throws what keeps it from being started.
    func apply(to command: inout Command) throws(SpawnFailure) {
        command.workingDirectory = directory.map { Word($0.text) }
        command.umask = umask?.mode
        command.nice = nice?.value
        command.limits = limits.limits.map { limit in
            guard let known = Limit(name: limit.resource.rawValue, soft: limit.soft, hard: limit.hard) else {
                preconditionFailure("\(limit.resource) is a resource that Host knows; a test compares")
            }
            return known
        }
        command.environment = Variables.set(variables.map { ($0.name, $0.value) }, in: command.environment)
        if let user { try apply(user, to: &command) }
        if let environmentFile { try apply(environmentFile, to: &command) }
    }

    private func apply(_ user: UserName, to command: inout Command) throws(SpawnFailure) {
        do throws(Account.Failure) {
            let account = try Account.find(user: Word(user.user), group: user.group.map { Word($0) })
            command.account = account
            command.environment = Variables.set(account.variables, in: command.environment)
        } catch {
            throw SpawnFailure(command, "\(error)")
        }
    }

    /// Comes after the user: what the file says wins.
    private func apply(_ path: Path, to command: inout Command) throws(SpawnFailure) {
        let name = "the environment file '\(path.text)'"
        let bytes: [UInt8]?
        do throws(SystemError) {
            bytes = try File.contents(
                of: Word(path.text), in: command.directory, limit: EnvironmentFile.mostBytes)
        } catch {
            throw SpawnFailure(command, "\(name): \(SystemError.text(of: error.code))")
        }
        guard let bytes else { throw SpawnFailure(command, "\(name) is not a regular file") }
        do throws(EnvironmentFile.Mistake) {
            let variables = try EnvironmentFile(bytes: bytes).variables
            command.environment = Variables.set(variables.map { ($0.name, $0.value) }, in: command.environment)
        } catch {
            throw SpawnFailure(command, "\(name), \(error)")
        }
    }
}
