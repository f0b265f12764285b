namespace Baton.Client.StackExchangeRedis;

/// <summary>What a push is.</summary>
internal enum PushKind
{
    /// <summary>Not one of the others; whoever asked for it knows.</summary>
    Other,

    /// <summary>A published message.</summary>
    Message,

    /// <summary>A confirmation of a subscription or its end.</summary>
    Confirmation,

    /// <summary>A key that is to be forgotten (CLIENT TRACKING).</summary>
    Invalidation,

    /// <summary><c>MOVING</c></summary>
    Moving,

    /// <summary>Another maintenance notification.</summary>
    Maintenance,
}
