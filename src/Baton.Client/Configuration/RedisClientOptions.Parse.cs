namespace Baton.Client;

/// <summary>Options from text.</summary>
public sealed partial record RedisClientOptions
{
    /// <summary>
    /// Options from a connection string. All options are reachable by name, in any case: <c>user</c>, <c>password</c>, <c>db</c>,
    /// <c>clientName</c>, <c>ssl</c>, <c>sslHost</c>, <c>sslProtocols</c>, <c>protocol</c>, <c>connectTimeout</c>, <c>commandTimeout</c>,
    /// <c>blockingMargin</c>, <c>keepAlive</c>, <c>reconnectDelay</c>, <c>maxReconnectDelay</c>, <c>maxBufferedBytes</c>, <c>maxReplyBytes</c>,
    /// <c>maxDedicatedConnections</c>, and of maintenance <c>maintNotifications</c> (auto, enabled, disabled), <c>movingEndpointType</c> (auto,
    /// internal-ip, internal-fqdn, external-ip, external-fqdn, none, server-default), <c>relaxedTimeout</c>, <c>relaxedBlockingMargin</c>,
    /// <c>longestWindow</c>, <c>tail</c>, <c>handoffTimeout</c>, <c>holdLimit</c>, <c>proactiveHandoff</c>, <c>dnsPoll</c>. Times are
    /// <c>500ms</c>, <c>5s</c>, <c>2m</c>, <c>00:00:05</c>, <c>infinite</c>, or a number of milliseconds (for <c>keepAlive</c>: seconds, as
    /// StackExchange.Redis has it).
    /// </summary>
    /// <param name="connectionString">
    /// <code>
    /// redis://[user:password@]host[:port][,host[:port] ...][/database][?option=value[&amp;option=value ...]]
    /// rediss://...                                     the same over TLS
    /// unix:///path/of/socket[?db=1]                    also redis+unix:
    /// host[:port][,host[:port] ...][,option=value ...]      as StackExchange.Redis has it
    /// </code>
    /// In the first three, special characters are percent-encoded. IPv6 addresses stand in brackets. The default port is 6379.
    /// </param>
    /// <exception cref="ArgumentException">The text cannot be read; the error names the part, and never shows the password.</exception>
    public static RedisClientOptions Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var text = connectionString.Trim();
        return text.Contains("://", StringComparison.Ordinal) ? ConnectionUri.Parse(text) : ConnectionList.Parse(text);
    }
}
