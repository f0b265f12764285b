namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Why a session looks at no further command. While any is set, bytes that arrive are kept, up to <c>MaxInputBytes</c>.
/// </summary>
[Flags]
internal enum SessionWait
{
    /// <summary>It goes on.</summary>
    None = 0,

    /// <summary>The next command's shard is held.</summary>
    Hold = 1 << 0,

    /// <summary>The next command may only run when all earlier ones are answered.</summary>
    Barrier = 1 << 1,

    /// <summary>The next command needs a dedicated link that is being made.</summary>
    Link = 1 << 2,

    /// <summary>A blocking command is waiting for data.</summary>
    Blocked = 1 << 3,

    /// <summary>A SUBSCRIBE or UNSUBSCRIBE is not confirmed yet.</summary>
    Subscribing = 1 << 4,

    /// <summary>The client does not read its replies (<c>OutputHighWatermark</c>).</summary>
    Output = 1 << 5,

    /// <summary>
    /// Too much is unanswered (<c>MaxPipelineBytes</c>, <c>MaxPipelineReplies</c>, or so much that the replies may pass <c>OutputHighWatermark</c>).
    /// </summary>
    Pipeline = 1 << 6,

    /// <summary>Replies are still to come, then it is closed.</summary>
    Ending = 1 << 7,

    /// <summary>The engines have not all answered to CLIENT TRACKING yet.</summary>
    Tracking = 1 << 8,

    /// <summary>It has had its share of the turn, and goes on in the next.</summary>
    Turn = 1 << 9,

    /// <summary>A client has paused the database's clients (CLIENT PAUSE).</summary>
    Paused = 1 << 10,

    /// <summary>A client that waited for a key of the next command, or one that subscribed, has gone, and its engine has not let it go yet.</summary>
    Gone = 1 << 11,
}
