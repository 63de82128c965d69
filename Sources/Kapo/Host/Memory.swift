import CLinux
import Glibc

/// What this process has of memory, in bytes.
package enum Memory {
    /// The heap, as glibc's mallinfo2(3) tells it.
    package struct Heap: Equatable, Sendable {
        package var taken: UInt64
        package var used: UInt64
        package var free: UInt64
        /// Free at the top of the heap, where it can be given back.
        package var top: UInt64
    }

    /// The heap of right now.
    package static var heap: Heap {
        let heap = kapo_heap()
        return Heap(taken: heap.taken, used: heap.used, free: heap.free, top: heap.top)
    }

    /// Gives back the free pages of the heap.
    package static func releaseHeap() {
        kapo_heap_trim()
    }

    /// Gives back the pages of the program that only its start has used, by giving back all that were never written to:
    /// those in use are mapped again as they are used, without reading a disk. Reading the command line and setting up
    /// the language's runtime touches more of the program than serving ever does.
    package static func releaseStart() {
        kapo_unmap_program()
    }

    /// Resident memory, from /proc/self/statm; 0 where there is no /proc.
    package static var resident: UInt64 {
        guard let text = try? File.read(Word("/proc/self/statm"), limit: 256) else { return 0 }
        let fields = text.split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = UInt64(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
