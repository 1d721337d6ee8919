extension CatalogSchema {
    /// Earlier programs removed the archive of a checkpoint for good without marking the checkpoint: which ones, their deletions tell.
    static let removedOfVersion9 = """
        UPDATE checkpoints SET removed = (
            SELECT deletions.ended FROM deleted_checkpoints AS gone JOIN deletions ON deletions.number = gone.deletion
            WHERE gone.run = checkpoints.run AND gone.step = checkpoints.step)
        WHERE removed IS NULL AND (run, step) IN (
            SELECT gone.run, gone.step FROM deleted_checkpoints AS gone JOIN deletions ON deletions.number = gone.deletion WHERE deletions.outcome = 'removed');
        """
}
