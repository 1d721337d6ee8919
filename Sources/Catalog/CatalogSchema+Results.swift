extension CatalogSchema {
    /// How a run ended as a value of its own, why a metric has no value, and what a log says of itself.
    ///
    /// Earlier schemas kept the outcome as the beginning of the message. This is the one place that reads it there.
    static let outcomesOfVersion3 = """
        ALTER TABLE runs ADD COLUMN outcome TEXT;
        UPDATE runs SET outcome = CASE
            WHEN state IN ('queued', 'running') THEN NULL
            WHEN state = 'done' AND substr(message, 1, 9) = 'collapsed' THEN 'collapsed'
            WHEN state = 'failed' AND substr(message, 1, 9) = 'timed out' THEN 'timed_out'
            ELSE state END;
        ALTER TABLE runs ADD COLUMN log_version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE runs ADD COLUMN unknown_events INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE evaluations ADD COLUMN problem TEXT;
        """
}
