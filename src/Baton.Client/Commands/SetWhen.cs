namespace Baton.Client;

/// <summary>On which condition a value is written.</summary>
public enum SetWhen
{
    /// <summary>On none.</summary>
    Always,

    /// <summary>Only when there is none yet (NX).</summary>
    NotExists,

    /// <summary>Only when there is one (XX).</summary>
    Exists,
}
