import Glibc

/// Why a server cannot listen.
public struct ListenError: Error, Sendable, Equatable, CustomStringConvertible {
    public let address: ListenAddress
    /// What was being done: `bind`, say.
    public let operation: String
    /// The system's error number.
    public let number: Int32
    /// The system's words for it.
    public let reason: String

    public var description: String { "cannot listen on \(address): \(operation): \(reason)" }

    /// Whether another server listens there already.
    public var isAddressInUse: Bool { number == Self.addressInUse }
}

extension ListenError {
    static let addressInUse = EADDRINUSE

    init(_ address: ListenAddress, _ operation: String, _ number: Int32 = errno) {
        self.init(address: address, operation: operation, number: number, reason: unsafe String(cString: strerror(number)))
    }
}
