internal import CKernels

/// A compiled variant of the kernels. All give the same bits; wider ones are faster.
public enum KernelSet: String, Sendable, CaseIterable {
    case scalar, avx2, avx512, neon

    private var code: FidKernelSet {
        switch self {
        case .scalar: FID_SCALAR
        case .avx2: FID_AVX2
        case .avx512: FID_AVX512
        case .neon: FID_NEON
        }
    }

    /// The widest set that this processor supports.
    public static var best: KernelSet { [.avx512, .avx2, .neon].first { $0.isAvailable } ?? .scalar }
    /// All sets that this processor supports.
    public static var available: [KernelSet] { allCases.filter(\.isAvailable) }
    /// Whether this build has the set and this processor supports it.
    public var isAvailable: Bool { unsafe fid_kernels(code) != nil }

    var table: UnsafePointer<FidKernels> {
        guard let table = unsafe fid_kernels(code) else { preconditionFailure("this processor does not support the \(rawValue) kernels") }
        return unsafe table
    }
}
