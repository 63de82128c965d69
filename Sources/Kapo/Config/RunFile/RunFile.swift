/// A service as immortal's run.yml describes it, with Kapo's own options under `kapo:`.
package struct RunFile: Equatable, Sendable {
    /// What is wrong with a file.
    package typealias Mistakes = YAMLMistakes

    /// A variable for the command's environment. The name is not empty and has no `=`; neither has a zero byte.
    package struct Variable: Equatable, Sendable {
        package var name: String
        package var value: String

        /// That variable.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `cmd`: the program and its arguments, without zero bytes; one word at least, and the first is not empty.
    package var command: [String]
    /// `cwd`: where the command starts; nil for where Kapo is.
    package var directory: String?
    /// `env`: added to what Kapo has, in the order of the file.
    package var environment: [Variable] = []
    /// `pid.follow`: the file that names the process to supervise when the command has ended.
    package var pidFollow: String?
    /// `pid.parent`: the file to write Kapo's pid to.
    package var pidParent: String?
    /// `pid.child`: the file to write the command's pid to.
    package var pidChild: String?
    /// `log`: the file for standard output.
    package var log: LogFileSettings?
    /// `stderr`: the file for standard error.
    package var errorLog: LogFileSettings?
    /// `logger`: a command that reads the output, as `command`.
    package var logger: [String]?
    /// `require`: names of services that must be up before this one starts; no `/` in them.
    package var requires: [String] = []
    /// `require_cmd`: what a shell must run with success before each start.
    package var requireCommand: String?
    /// `post_exit`: what a shell runs after each end.
    package var postExit: String?
    /// `user`: who the command runs as.
    package var user: UserName?
    /// `wait`: before each start.
    package var wait = Seconds(0)
    /// `retries`: how often the command is started again, 0 to 1,000,000,000; nil for ever, in the file -1.
    package var retries: Int?
    /// The entries of `kapo`, but for the two that follow.
    package var options: [RunOption] = []
    /// `kapo.control-mode`.
    package var controlMode: ControlMode?
    /// `kapo.control-group`.
    package var controlGroup: ControlGroup?

    /// A service that is this command and nothing else.
    package init(command: [String]) {
        self.command = command
    }

    /// Reads the whole of a file, in YAML as `YAMLDocument` takes it. `file` is its name for messages, and `options`
    /// are the names that `kapo:` may have. Everything that is wrong is said at once.
    package init(bytes: [UInt8], file: String, options: [String]) throws(Mistakes) {
        var reader = RunFileReader(file: file, options: options)
        reader.read(bytes)
        guard reader.mistakes.all.isEmpty else { throw reader.mistakes }
        self = reader.result
    }
}
