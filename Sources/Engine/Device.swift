public import Graphs

/// A device that runs plans: allocates memory and compiles plans. Sessions and stores use only this interface; models and the planner do not use it
/// at all. Another device is another implementation of these three protocols; `DeviceOperationTests` compares all devices with the reference.
public protocol Device: AnyObject {
    /// A name for people.
    var name: String { get }

    /// Allocates zeroed memory of `count` floats.
    func allocate(_ count: Int) -> any DeviceMemory

    /// Memory with the same contents that this device can use; the given memory itself if possible.
    func adopt(_ memory: any DeviceMemory) -> any DeviceMemory

    /// Compiles a plan for replay. Everything that does not change between replays is prepared here.
    /// - Parameter buffers: the location of each of the plan's buffers, in memory of this device
    /// - Parameter seed: the run's seed, from which the plan's random numbers derive
    func compile(_ plan: Plan, _ buffers: [DeviceBuffer], seed: UInt64) -> any CompiledPlan
}

/// A block of device memory.
public protocol DeviceMemory: AnyObject {
    /// Number of floats.
    var count: Int { get }
    /// Copies values to the start of the memory.
    /// - Precondition: there are at most `count` values.
    func copyIn(_ values: Span<Float>)
    /// Copies a range of elements to the host.
    func copyOut(_ range: Range<Int>) -> [Float]
    /// Lets the host write all elements; in place if the memory is host memory.
    func fill(_ body: (inout MutableSpan<Float>) -> Void)
}

/// The location of one of a plan's buffers.
public struct DeviceBuffer {
    /// The memory it lies in.
    public let memory: any DeviceMemory
    /// Index of its first float.
    public let offset: Int
    /// Number of floats.
    public let count: Int

    /// Creates a location.
    /// - Precondition: the buffer lies within the memory.
    public init(memory: any DeviceMemory, offset: Int, count: Int) {
        precondition(offset >= 0 && count >= 0 && offset + count <= memory.count, "a buffer of \(count) floats at \(offset) exceeds memory of \(memory.count)")
        (self.memory, self.offset, self.count) = (memory, offset, count)
    }
}

/// A plan compiled for a device, over buffers at fixed locations.
public protocol CompiledPlan: AnyObject {
    /// Runs the plan once and waits for it. Random numbers are those of `step`.
    /// - Parameter profile: unless empty, the seconds spent in each kernel of the plan are added to it
    /// - Returns: the first out-of-range index of a gather or scatter, if any
    func run(step: UInt64, profile: inout [Double]) -> IndexFault?
}

extension DeviceMemory {
    /// All elements.
    /// - Precondition: a new value has `count` elements.
    public var values: [Float] {
        get { copyOut(0..<count) }
        set {
            precondition(newValue.count == count, "\(newValue.count) values for memory of \(count)")
            copyIn(newValue.span)
        }
    }

    /// Default implementation: copies to the host and back.
    public func fill(_ body: (inout MutableSpan<Float>) -> Void) {
        var staged = values
        var span = staged.mutableSpan
        body(&span)
        values = staged
    }
}

extension Device {
    /// Default implementation: copies by way of the host.
    public func adopt(_ memory: any DeviceMemory) -> any DeviceMemory {
        let own = allocate(memory.count)
        own.copyIn(memory.values.span)
        return own
    }
}
