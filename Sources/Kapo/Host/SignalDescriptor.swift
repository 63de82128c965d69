import CLinux
import Glibc

/// Signals as something to read: a signalfd(2). They must be blocked already, or they take their usual way.
package struct SignalDescriptor: ~Copyable {
    private let descriptor: Descriptor

    /// The descriptor that is readable when a signal waits.
    package var number: Int32 { descriptor.number }

    /// A descriptor for these signals, non-blocking and close-on-exec.
    package init(_ numbers: [Int32]) throws(SystemError) {
        var set = sigset_t()
        // The set lives through the calls that fill and read it.
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        let number = unsafe kapo_signalfd(&set)
        guard number >= 0 else { throw SystemError("signalfd") }
        descriptor = Descriptor(owning: number)
    }

    /// Takes one signal that waits and returns its number; nil when none does.
    package func next() -> Int32? {
        let number = kapo_signalfd_read(descriptor.number)
        return number > 0 ? number : nil
    }
}
