import CLibevent

/// Bytes that never change and that many answers send, without a copy.
@safe package final class SharedBytes {
    package let count: Int
    private let storage: UnsafeMutableRawBufferPointer

    /// A copy of `bytes`.
    package init(_ bytes: [UInt8]) {
        count = bytes.count
        unsafe storage = .allocate(byteCount: max(1, bytes.count), alignment: 1)
        unsafe storage.copyBytes(from: bytes)
    }

    deinit { unsafe storage.deallocate() }

    /// The bytes, copied.
    package var copy: [UInt8] { unsafe Array(storage.prefix(count)) }

    /// Appends the bytes to an evbuffer, by reference.
    func append(to buffer: OpaquePointer) {
        guard count > 0 else { return }
        // Retained: the evbuffer releases the object when the last byte is sent or dropped.
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe evbuffer_add_reference(
            buffer, storage.baseAddress, count,
            { _, _, context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<SharedBytes>.fromOpaque(context).release()
            }, context)
        if result != 0 { unsafe Unmanaged<SharedBytes>.fromOpaque(context).release() }
    }
}
