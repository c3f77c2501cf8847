"""Which files a drop gives to its agents; the table is the one that Django makes for `Drop.attachments`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger

from drops.models.drop import Drop

if TYPE_CHECKING:
    Through = Any
else:
    Through = Drop.attachments.through


class DropFile(Through):
    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="drop_files_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM drops_drop d
                               WHERE d.id IN (NEW.drop_id, OLD.drop_id) AND d.paid_at IS NOT NULL
                                 AND NOT (TG_OP = 'DELETE' AND d.status IN ('cancelled', 'failed')
                                          AND d.submissions_count = 0)) THEN
                        RAISE EXCEPTION 'the files of a drop stand once it is paid for' USING ERRCODE = '23514';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            )
        ]
