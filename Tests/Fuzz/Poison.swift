import CLibevent
import Glibc

/// Makes libevent's use of memory that it has freed show: what is freed is overwritten, and kept for a while, so that
/// nobody else gets it.
enum Poison {
    private static let byte: UInt8 = 0xa5
    private static let kept = 512
    /// In front of each block are its size and this.
    private static let mark = 0x4b61_706f_4675_7a7a
    private static let header = 16

    // One thread of the process runs libevent, for it has no other tests, or they were not asked for.
    nonisolated(unsafe) private static var blocks: [UnsafeMutableRawPointer] = unsafe []
    nonisolated(unsafe) private static var oldest = 0
    nonisolated(unsafe) private static var isDamaged = false

    /// From now on, in the whole process.
    static let isOn: Bool = {
        unsafe blocks.reserveCapacity(kept)
        unsafe event_set_mem_functions(
            { unsafe Poison.allocate($0) }, { unsafe Poison.move($0, $1) }, { unsafe Poison.bury($0) })
        return true
    }()

    /// True when memory was written after it had been freed, since this was last asked.
    static func wasDamaged() -> Bool {
        for index in unsafe blocks.indices { unsafe dig(blocks[index]) }
        unsafe blocks.removeAll(keepingCapacity: true)
        unsafe oldest = 0
        defer { unsafe isDamaged = false }
        return unsafe isDamaged
    }

    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        guard let block = unsafe malloc(size + header) else { return nil }
        unsafe block.storeBytes(of: size, as: Int.self)
        unsafe block.storeBytes(of: mark, toByteOffset: 8, as: Int.self)
        return unsafe block + header
    }

    /// The size of a block of ours; nil for one from before. That is malloc's too, which has its own size there.
    private static func size(of place: UnsafeMutableRawPointer) -> Int? {
        let isOurs = unsafe (place - 8).load(as: Int.self) == mark
        return isOurs ? unsafe (place - header).load(as: Int.self) : nil
    }

    private static func move(_ place: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        guard let place = unsafe place else { return unsafe allocate(size) }
        guard let old = unsafe Self.size(of: place) else { return unsafe realloc(place, size) }
        guard let new = unsafe allocate(size) else { return nil }
        unsafe memcpy(new, place, min(size, old))
        unsafe bury(place)
        return unsafe new
    }

    /// Frees it, later.
    private static func bury(_ place: UnsafeMutableRawPointer?) {
        guard let place = unsafe place else { return }
        guard let size = unsafe size(of: place) else { return unsafe free(place) }
        unsafe memset(place, Int32(byte), size)
        guard unsafe blocks.count == kept else { return unsafe blocks.append(place) }
        unsafe dig(blocks[oldest])
        unsafe blocks[oldest] = unsafe place
        unsafe oldest = unsafe (oldest + 1) % kept
    }

    private static func dig(_ place: UnsafeMutableRawPointer) {
        let size = unsafe size(of: place) ?? 0
        // All is as it should be when the first byte is, and each is as the one before it.
        let isIntact = unsafe size == 0 || place.load(as: UInt8.self) == byte && memcmp(place, place + 1, size - 1) == 0
        if !isIntact { unsafe isDamaged = true }
        unsafe free(place - header)
    }
}
