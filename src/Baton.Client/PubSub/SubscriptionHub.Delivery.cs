using Baton.Protocol.Subscriptions;

namespace Baton.Client;

/// <summary>What comes from the server.</summary>
internal sealed partial class SubscriptionHub
{
    /// <summary>Subscriptions whose queues were full, to be ended outside the loop over them.</summary>
    private readonly List<RedisSubscription> _full = [];

    private void OnPush(RedisConnection connection, ReadOnlySpan<byte> frame)
    {
        if (!PubSubFrame.TryRead(frame, out var push))
        {
            return;
        }

        lock (_gate)
        {
            var session = _primary?.Connection == connection ? _primary : _joining?.Connection == connection ? _joining : null;
            if (session is null || _topics.Find(push.Kind, push.Topic) is not { } topic)
            {
                return;
            }

            switch (push.Type)
            {
                case PubSubFrameType.Message:
                    OnMessage_NeedsLock(session, topic, push);
                    break;
                case PubSubFrameType.Subscribed when session.OnSubscribed(topic) && session == _primary:
                    OnServed_NeedsLock(topic);
                    break;
                case PubSubFrameType.Unsubscribed:
                    OnUnsubscribed_NeedsLock(session, topic);
                    break;
            }
        }

        if (push.Type != PubSubFrameType.Message || _full.Count > 0)
        {
            EndFull();
            Flush();
        }
    }

    private void OnMessage_NeedsLock(SubscriberSession session, Topic topic, in PubSubFrame push)
    {
        if (!topic.IsWanted)
        {
            return;
        }

        var payload = push.Payload.ToArray();
        var message = push.Kind == SubscriptionKind.Pattern
            ? new RedisMessage(push.Kind, topic.Key, push.Channel.ToArray(), payload)
            : new RedisMessage(push.Kind, null, topic.Key, payload);
        if (session == _joining)
        {
            _overlap!.KeepNew(topic, message);
        }
        else
        {
            _overlap?.NoteOld(topic, message);
            DeliverNew_NeedsLock(topic, message);
        }

        if (_overlap?.IsTooLong == true)
        {
            AbandonJoining_NeedsLock($"more than {MessageOverlap.MostMessages} messages came meanwhile");
        }
    }

    /// <summary>Delivers what is no copy of what the last connection delivered.</summary>
    private void DeliverNew_NeedsLock(Topic topic, RedisMessage message)
    {
        if (_settlement is null)
        {
            Deliver_NeedsLock(topic, message);
            return;
        }

        foreach (var settled in _settlement.Accept(topic, message))
        {
            Deliver_NeedsLock(topic, settled);
        }

        if (_settlement.IsDone)
        {
            _settlement = null;
        }
    }

    private void Deliver_NeedsLock(Topic topic, RedisMessage message)
    {
        foreach (var subscription in topic.Subscribers)
        {
            if (!subscription.Deliver(message))
            {
                _full.Add(subscription);
            }
        }
    }

    private void EndFull()
    {
        RedisSubscription[] full;
        lock (_gate)
        {
            full = [.. _full.Distinct()];
            _full.Clear();
        }

        foreach (var subscription in full)
        {
            subscription.End(SubscriptionEndReason.QueueFull, "its reader was too slow and its queue was full", null);
            Release(subscription);
        }
    }

    /// <summary>The primary serves a topic.</summary>
    private void OnServed_NeedsLock(Topic topic)
    {
        foreach (var subscription in topic.Subscribers)
        {
            subscription.OnServed(topic);
        }

        foreach (var wait in _waits)
        {
            if (wait.Missing.Remove(topic))
            {
                CompleteIfConfirmed_NeedsLock(wait);
            }
        }
    }

    private static void CompleteIfConfirmed_NeedsLock(SubscribeWait wait)
    {
        if (wait.Missing.Count == 0)
        {
            wait.For!.IsEstablished = true;
            wait.Complete();
        }
    }

    private void OnUnsubscribed_NeedsLock(SubscriberSession session, Topic topic)
    {
        if (!session.OnUnsubscribed(topic))
        {
            ForgetIfUnknown_NeedsLock(topic);
            return;
        }

        if (session == _primary)
        {
            foreach (var subscription in topic.Subscribers)
            {
                subscription.OnLost(topic, SubscriptionGapReason.UnsubscribedByServer);
            }
        }

        session.Subscribe([topic]);
    }

    /// <summary>The reply of a PING, on the reader: everything before it has been taken.</summary>
    private void OnAnswered(SubscriberSession session, SubscriberCommand command)
    {
        RedisSubscription[] ended = [];
        lock (_gate)
        {
            if (command.Refusal is { } refusal && session == _joining)
            {
                AbandonJoining_NeedsLock(refusal.Message);
            }
            else if (command.Refusal is { } error && session == _primary)
            {
                ended = Refuse_NeedsLock(session.OnRefused(command), error);
            }
            else if (session == _primary && command == _marker && _joining is not null)
            {
                Promote_NeedsLock(isWhole: true);
            }
        }

        foreach (var subscription in ended)
        {
            subscription.End(SubscriptionEndReason.Refused, $"the server answered \"{command.Refusal!.Message}\"", command.Refusal);
            Release(subscription);
        }

        EndFull();
        Flush();
    }

    /// <summary>New subscriptions fail; older ones end, unless it may be different in a moment.</summary>
    private RedisSubscription[] Refuse_NeedsLock(List<Topic> refused, RedisServerException refusal)
    {
        foreach (var wait in _waits)
        {
            if (refused.Exists(wait.Missing.Contains))
            {
                wait.TryFail(refusal);
            }
        }

        if (refused.Count > 0)
        {
            ClientLog.SubscriptionRefused(Log, refusal.Message);
        }

        if (refusal.IsSafeToRepeat)
        {
            var due = _context.Clock.PreciseMs + (long)_context.Jittered(_context.Options.ReconnectDelay).TotalMilliseconds;
            _again.AddRange(refused.Select(topic => (topic, due)));
            return [];
        }

        return [.. refused.SelectMany(static topic => topic.Subscribers).Where(static subscription => subscription.IsEstablished).Distinct()];
    }

    private void SubscribeAgain_NeedsLock(long nowMs)
    {
        if (_again.Count > 0)
        {
            var due = _again.Where(again => nowMs >= again.DueMs && again.Topic.IsWanted && _primary?.Knows(again.Topic) == false);
            _primary?.Subscribe(due.Select(static again => again.Topic));
            _again.RemoveAll(again => nowMs >= again.DueMs);
        }
    }

    /// <summary>A topic nobody wants and no server owes a word about.</summary>
    private void ForgetIfUnknown_NeedsLock(Topic topic)
    {
        if (!topic.IsWanted && _primary?.Knows(topic) != true && _joining?.Knows(topic) != true)
        {
            _topics.Forget(topic);
        }
    }

    private void Flush()
    {
        SubscriberSession? primary, joining;
        lock (_gate)
        {
            (primary, joining) = (_primary, _joining);
        }

        primary?.Flush();
        joining?.Flush();
    }
}
