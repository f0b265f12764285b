namespace Baton.Client;

/// <summary>What came of setting or removing the end of a hash field. The numbers are Redis' own.</summary>
public enum HashFieldExpiry
{
    /// <summary>There is no such field.</summary>
    NoField = -2,

    /// <summary>The field had no end to remove (HPERSIST).</summary>
    HadNone = -1,

    /// <summary>The condition was not met.</summary>
    ConditionNotMet = 0,

    /// <summary>Done.</summary>
    Done = 1,

    /// <summary>The time is over already: the field is deleted.</summary>
    Deleted = 2,
}
