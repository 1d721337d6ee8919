import Glibc

/// Why a server cannot listen.
public struct ListenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The address.
    public let address: ListenAddress
    /// The failed operation, such as `bind`.
    public let operation: String
    /// The system's error number.
    public let number: Int32
    /// The system's description of the error.
    public let reason: String

    /// The error in one sentence.
    public var description: String { "cannot listen on \(address): \(operation): \(reason)" }

    /// Whether another server already listens on the address.
    public var isAddressInUse: Bool { number == Self.addressInUse }
}

extension ListenError {
    static let addressInUse = EADDRINUSE

    init(_ address: ListenAddress, _ operation: String, _ number: Int32 = errno) {
        self.init(address: address, operation: operation, number: number, reason: unsafe String(cString: strerror(number)))
    }
}
