/// The study's training length and evaluation interval for a data set, in steps of one discriminator update with batch size 64.
///
/// - Source: google/compare_gan v1: 20 "epochs" of 50,000 images (whatever the data set's size) for the small sets, 100 for CIFAR-10, 40 of
///   162,000 for CelebA; a checkpoint, and an evaluation, every 5 epochs of the set.
struct StudyBudget {
    let steps: Int
    let every: Int

    init(dataset: String) {
        (steps, every) =
            switch dataset {
            case "cifar10", "cifar-10": (78_125, 3906)
            case "celeba": (101_250, 12_656)
            default: (15_625, 3906)
            }
    }

    /// The budget scaled to another number of steps.
    func every(_ chosen: Int?) -> Int {
        guard let chosen, chosen != steps else { return every }
        return max(1, Int((Double(chosen) * Double(every) / Double(steps)).rounded(.down)))
    }
}
